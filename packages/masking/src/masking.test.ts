import {
  createRandom,
  volumeOf,
  type MaskContext,
  type MaskStrategy,
  type Shape3,
} from '@voxmim/core';
import { testMaskStrategyConformance } from '@voxmim/testing';
import fc from 'fast-check';

import { blockMasking } from './block-masking.js';
import { foregroundMasking } from './foreground-masking.js';
import { gridMasking } from './grid-masking.js';
import { groupedMasking } from './grouped-masking.js';
import { hiddenVoxels } from './hidden-voxels.js';
import { randomMasking, RandomMaskingConfig } from './random-masking.js';
import { slabMasking } from './slab-masking.js';
import { sampleMask, tokenMaskFromFlags } from './token-mask.js';

const gridShapes = fc.tuple(
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 2, max: 6 }),
);
const ratios = fc.double({ min: 0.01, max: 0.99, noNaN: true });

function context(gridShape: Shape3, seed = 0, options: Partial<MaskContext> = {}): MaskContext {
  const random = createRandom(seed);
  const patchSize = [2, 2, 2] as const;
  const voxels = new Float32Array(8 * volumeOf(gridShape));
  return { gridShape, patchSize, random, progress: 0, voxels, ...options };
}

function countHidden(
  strategy: MaskStrategy,
  gridShape: Shape3,
  seed = 0,
  options: Partial<MaskContext> = {},
): number {
  return strategy.sample(context(gridShape, seed, options)).reduce((sum, flag) => sum + flag, 0);
}

describe.each<[string, () => MaskStrategy, { deterministic?: boolean }]>([
  ['random', () => randomMasking({ maskRatio: 0.75 }), {}],
  ['grouped', () => groupedMasking({ maskRatio: 0.6, maskPatchSize: [4, 8, 6] }), {}],
  ['block', () => blockMasking({ maskRatio: 0.5, maxShare: 0.5 }), {}],
  ['grid', () => gridMasking({ period: 2 }), { deterministic: true }],
  ['slab', () => slabMasking({ maskRatio: 0.5, axis: 'depth' }), {}],
  ['foreground', () => foregroundMasking({ maskRatio: 0.6, threshold: 0.5, preference: 4 }), {}],
])('%s masking', (name, create, options) => {
  testMaskStrategyConformance({ describe, it }, create, options);

  it('is called what its definition says', () => {
    expect(create().name).toBe(name);
  });
});

describe('sampleMask', () => {
  it('splits every sample into visible and hidden tokens, each token once and in order', () => {
    fc.assert(
      fc.property(gridShapes, ratios, fc.integer(), (gridShape, maskRatio, seed) => {
        const strategy = randomMasking({ maskRatio });
        const contexts = [0, 1].map((sample) => context(gridShape, seed + sample));
        const mask = sampleMask(strategy, contexts);
        const tokens = volumeOf(gridShape);
        const visible = mask.visibleIds.length / 2;
        expect(mask.hidden).toHaveLength(2 * tokens);
        for (const sample of [0, 1]) {
          const seen = mask.visibleIds.slice(sample * visible, (sample + 1) * visible);
          const unseen = mask.hiddenIds.slice(
            sample * (tokens - visible),
            (sample + 1) * (tokens - visible),
          );
          expect([...seen, ...unseen].sort((a, b) => a - b)).toEqual([...Array(tokens).keys()]);
          expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
          for (const id of unseen) expect(mask.hidden[sample * tokens + id]).toBe(1);
        }
      }),
    );
  });

  it('refuses samples that hide different numbers of tokens', () => {
    const flags = [Uint8Array.of(1, 0, 0, 0), Uint8Array.of(1, 1, 0, 0)];
    expect(() => tokenMaskFromFlags(flags, [1, 2, 2])).toThrow('Sample 1 hides 2 of 4 tokens');
  });

  it.each([
    [Uint8Array.of(0, 0), 'none'],
    [Uint8Array.of(1, 1), 'all'],
    [Uint8Array.of(1, 0, 0), 'too many flags'],
  ])('refuses flags %j: %s', (flags) => {
    expect(() => tokenMaskFromFlags([flags], [1, 1, 2])).toThrow('[SHAPE_MISMATCH]');
  });
});

describe('randomMasking', () => {
  it.each([
    { maskRatio: 0.75, gridShape: [6, 6, 6] as Shape3, hidden: 162 },
    { maskRatio: 0.6, gridShape: [2, 2, 2] as Shape3, hidden: 5 },
    { maskRatio: 0.9, gridShape: [1, 2, 5] as Shape3, hidden: 9 },
  ])('hides $hidden of $gridShape at $maskRatio', ({ maskRatio, gridShape, hidden }) => {
    expect(countHidden(randomMasking({ maskRatio }), gridShape)).toBe(hidden);
  });

  it('keeps floor(L (1 - r)) tokens, but at least one', () => {
    fc.assert(
      fc.property(gridShapes, ratios, (gridShape, maskRatio) => {
        const tokens = volumeOf(gridShape);
        const kept = tokens - countHidden(randomMasking({ maskRatio }), gridShape);
        const floor = Math.floor(tokens * (1 - maskRatio) + 1e-9);
        expect(kept).toBe(Math.min(Math.max(floor, 1), tokens - 1));
      }),
    );
  });

  it('hides every token about equally often', () => {
    const hits = new Float64Array(24);
    for (let seed = 0; seed < 2000; seed++) {
      randomMasking({ maskRatio: 0.75 })
        .sample(context([2, 3, 4], seed))
        .forEach((flag, id) => (hits[id]! += flag));
    }
    for (const hit of hits) expect(Math.abs(hit / 2000 - 0.75)).toBeLessThan(0.05);
  });

  it.each([0, 1, -0.1, Number.NaN])('rejects maskRatio %p', (maskRatio) => {
    expect(RandomMaskingConfig.safeParse({ maskRatio }).success).toBe(false);
  });
});

describe('groupedMasking', () => {
  it('hides whole mask patches, ceil(n r) of them', () => {
    const strategy = groupedMasking({ maskRatio: 0.6, maskPatchSize: [4, 2, 6] });
    const gridShape: Shape3 = [4, 3, 6];

    const flags = strategy.sample(context(gridShape, 3));

    // Mask patches are 2 × 1 × 3 tokens: 2 × 3 × 2 = 12 of them, ceil(7.2) = 8 hidden.
    expect(flags.reduce((sum, flag) => sum + flag, 0)).toBe(8 * 6);
    for (let d = 0; d < 4; d += 2)
      for (let h = 0; h < 3; h++)
        for (let w = 0; w < 6; w += 3) {
          const box = [0, 1].flatMap((i) =>
            [0, 1, 2].map((k) => flags[((d + i) * 3 + h) * 6 + w + k]),
          );
          expect(new Set(box).size).toBe(1);
        }
  });

  it('is random masking where a mask patch is a token', () => {
    const strategy = groupedMasking({ maskRatio: 0.75, maskPatchSize: [2, 2, 2] });
    expect(countHidden(strategy, [6, 6, 6])).toBe(162);
  });

  it.each([
    [[3, 2, 2], 'no multiple of the token'],
    [[8, 2, 2], 'does not tile the grid'],
  ] as [Shape3, string][])('refuses a mask patch of %j: %s', (maskPatchSize) => {
    const strategy = groupedMasking({ maskRatio: 0.6, maskPatchSize });
    expect(() => strategy.sample(context([6, 2, 2]))).toThrow('[SHAPE_MISMATCH]');
  });
});

describe('a ratio that changes', () => {
  const maskRatio = { start: 0.25, end: 0.75 };

  it.each<[string, MaskStrategy]>([
    ['random', randomMasking({ maskRatio })],
    ['grouped', groupedMasking({ maskRatio, maskPatchSize: [2, 2, 2] })],
    ['block', blockMasking({ maskRatio, maxShare: 0.5 })],
    ['slab', slabMasking({ maskRatio, axis: 'width' })],
    ['foreground', foregroundMasking({ maskRatio, threshold: 0, preference: 1 })],
  ])('goes evenly from start to end: %s', (_name, strategy) => {
    const hidden = [0, 0.5, 1].map((progress) => countHidden(strategy, [2, 3, 8], 1, { progress }));
    expect(hidden).toEqual([12, 24, 36]);
  });

  it('is one number for all samples of a step, whatever the progress', () => {
    fc.assert(
      fc.property(gridShapes, fc.double({ min: 0, max: 1, noNaN: true }), (gridShape, progress) => {
        const strategy = randomMasking({ maskRatio: { start: 0.9, end: 0.1 } });
        const contexts = [1, 2, 3].map((seed) => context(gridShape, seed, { progress }));
        expect(sampleMask(strategy, contexts).batchSize).toBe(3); // it refuses unequal numbers
      }),
    );
  });

  it.each([{ start: 0, end: 0.5 }, { start: 0.5 }, { start: 0.5, end: 1 }])(
    'is refused where it leaves none or all: %j',
    (ratio) => {
      expect(RandomMaskingConfig.safeParse({ maskRatio: ratio }).success).toBe(false);
    },
  );
});

it('spreads the flags of tokens over their voxels', () => {
  const flags = hiddenVoxels(Uint8Array.of(1, 0, 0, 1), [1, 2, 2], [2, 1, 3]);
  const plane = [1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1];
  expect([...flags]).toEqual([...plane, ...plane]);
});

describe('other strategies', () => {
  it('block and foreground masking hide round(L r) tokens', () => {
    fc.assert(
      fc.property(gridShapes, ratios, fc.integer(), (gridShape, maskRatio, seed) => {
        const tokens = volumeOf(gridShape);
        const expected = Math.min(Math.max(Math.round(tokens * maskRatio), 1), tokens - 1);
        const block = blockMasking({ maskRatio, maxShare: 0.5 });
        const foreground = foregroundMasking({ maskRatio, threshold: 0, preference: 1 });
        expect(countHidden(block, gridShape, seed)).toBe(expected);
        expect(countHidden(foreground, gridShape, seed)).toBe(expected);
      }),
    );
  });

  it('slab masking hides whole neighbouring layers of its axis only', () => {
    const strategy = slabMasking({ maskRatio: 0.5, axis: 'height' });
    const flags = strategy.sample(context([2, 4, 3], 5));
    const layers = [0, 1, 2, 3].map((h) =>
      [0, 1].flatMap((d) => [0, 1, 2].map((w) => flags[(d * 4 + h) * 3 + w])),
    );
    expect(layers.every((layer) => new Set(layer).size === 1)).toBe(true);
    expect(layers.map(([flag]) => flag).join('')).toMatch(/^0*110*$/);
  });

  it('grid masking keeps every second token along each axis', () => {
    const flags = gridMasking({ period: 2 }).sample(context([2, 2, 4]));
    expect([...flags]).toEqual([0, 1, 0, 1, ...Array<number>(12).fill(1)]);
  });

  it('foreground masking prefers tokens that hold anatomy', () => {
    const voxels = new Float32Array(8 * 8).fill(0, 0, 32).fill(1, 32); // the deeper half
    let [shallow, deep] = [0, 0];
    for (let seed = 0; seed < 400; seed++) {
      const strategy = foregroundMasking({ maskRatio: 0.5, threshold: 0.5, preference: 9 });
      const flags = strategy.sample(context([2, 2, 2], seed, { voxels }));
      shallow += flags.slice(0, 4).reduce((sum, flag) => sum + flag, 0);
      deep += flags.slice(4).reduce((sum, flag) => sum + flag, 0);
    }
    expect(deep / shallow).toBeGreaterThan(2);
  });
});
