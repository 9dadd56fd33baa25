import { createRandom, volumeOf, type Shape3 } from '@voxmim/core';
import fc from 'fast-check';

import { effectiveRank, embeddingSpread } from './effective-rank.js';
import { probeLinearly } from './linear-probe.js';
import { viewAgreement } from './view-agreement.js';
import {
  fillWithVisibleMean,
  hiddenError,
  inpaintHidden,
  type MaskedCrop,
} from './inpaint-hidden.js';

function crop(shape: Shape3, voxels: readonly number[], hidden: readonly number[]): MaskedCrop {
  const channels = voxels.length / volumeOf(shape);
  return { shape, channels, voxels: Float32Array.from(voxels), hidden: Uint8Array.from(hidden) };
}

describe('inpaintHidden', () => {
  it('is linear between visible voxels of a line and goes on beyond the last', () => {
    const line = crop([1, 1, 7], [9, 1, 9, 9, 4, 9, 9], [1, 0, 1, 1, 0, 1, 1]);
    expect([...inpaintHidden(line)]).toEqual([1, 1, 2, 3, 4, 4, 4]);
  });

  it('weighs axes by nearness, channels apart', () => {
    // The middle of a cross of 1 × 3 × 5: neighbors at distance 1 along height, 2 along width.
    const hidden = [1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1];
    const values = hidden.map((flag, at) => (flag ? 0 : at === 5 || at === 9 ? 8 : 2));
    const both = values.flatMap((value) => [value, -value]);
    const filled = inpaintHidden(crop([1, 3, 5], both, hidden));
    const expected = (2 / 1 + 2 / 1 + 8 / 2 + 8 / 2) / (1 + 1 + 0.5 + 0.5);
    expect(filled[14]).toBeCloseTo(expected, 5);
    expect(filled[15]).toBeCloseTo(-expected, 5);
  });

  it('fills what sees nothing visible along any axis, and leaves nothing', () => {
    const hidden = Array<number>(27).fill(1);
    hidden[0] = 0;
    const filled = inpaintHidden(crop([3, 3, 3], [5, ...Array<number>(26).fill(NaN)], hidden));
    expect([...filled]).toEqual(Array<number>(27).fill(5));
  });

  it('returns where nothing is visible', () => {
    expect([...inpaintHidden(crop([1, 1, 2], [1, 2], [1, 1]))]).toEqual([1, 2]);
  });

  it('never looks at a hidden voxel nor changes a visible one, on any grid', () => {
    const shapes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(shapes, fc.integer(), ([height, width], seed) => {
        const random = createRandom(seed);
        const shape: Shape3 = [3, height, width];
        const voxels = Array.from({ length: volumeOf(shape) }, () => random.normal());
        const hidden = voxels.map((_, at) => (at === 0 ? 0 : random.integer(2)));
        const other = voxels.map((value, at) => (hidden[at] === 1 ? NaN : value));
        for (const fill of [inpaintHidden, fillWithVisibleMean]) {
          const filled = fill(crop(shape, voxels, hidden));
          expect(fill(crop(shape, other, hidden))).toEqual(filled);
          filled.forEach((value, at) => {
            if (hidden[at] === 0) expect(value).toBe(Math.fround(voxels[at] ?? NaN));
          });
        }
      }),
    );
  });
});

it('fills with the mean of the visible voxels of each channel', () => {
  const filled = fillWithVisibleMean(crop([1, 1, 3], [1, 10, 3, 30, 99, 99], [0, 0, 1]));
  expect([...filled]).toEqual([1, 10, 3, 30, 2, 20]);
});

it('measures errors on hidden voxels only', () => {
  const truth = crop([1, 1, 3], [1, 2, 3], [0, 1, 1]);
  expect(hiddenError(Float32Array.of(100, 3, 1), truth)).toBe(1.5);
});

describe('effectiveRank', () => {
  it.each([
    ['as many directions as rows', [1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3],
    ['one direction', [1, 2, 2, 4, 3, 6], 2, 1],
    ['singular values 2 and 1', [2, 0, 0, 1], 2, 3 / 2 ** (2 / 3)],
    ['more columns than rows', [0, 3, 0, 4, 0, 0], 3, 7 / (4 ** (4 / 7) * 3 ** (3 / 7))],
  ])('counts %s', (_name, values, width, expected) => {
    expect(effectiveRank({ values: Float32Array.from(values), width })).toBeCloseTo(expected, 5);
  });

  it('is not a number where there is no feature at all', () => {
    expect(effectiveRank({ values: new Float32Array(6), width: 2 })).toBeNaN();
  });
});

describe('probeLinearly', () => {
  const random = createRandom(3);
  /** Two features of any scale beside a constant one, and targets made of them. */
  const drawn = (count: number, ...targets: ((a: number, b: number) => number)[]) => {
    const pairs = Array.from({ length: count }, () => [random.normal(), random.normal()] as const);
    return {
      features: {
        values: Float32Array.from(pairs.flatMap(([a, b]) => [3 + a, 7, 1e3 * b])),
        width: 3,
      },
      targets: {
        values: Float32Array.from(pairs.flatMap(([a, b]) => targets.map((make) => make(a, b)))),
        width: targets.length,
      },
    };
  };
  const linear = (a: number, b: number) => 2 * a - b + 5;
  const noise = () => random.normal();
  const constant = () => 1;

  it('reads what is linear in features, and nothing that is not there', () => {
    const [fitted, judged] = [drawn(400, linear), drawn(400, linear)];
    // Ridge 0.1 takes a share of 0.1 / 1.1 of each weight, so of the error its square.
    expect(probeLinearly(fitted, judged)).toBeCloseTo(1 - (0.1 / 1.1) ** 2, 2);
    expect(Math.abs(probeLinearly(drawn(400, noise), drawn(400, noise)))).toBeLessThan(0.05);
  });

  it('averages over targets, and leaves out those that never differ from what was fitted', () => {
    const [fitted, judged] = [drawn(400, linear, constant), drawn(400, linear, constant)];
    expect(probeLinearly(fitted, judged)).toBeGreaterThan(0.95);
    const both = [drawn(400, linear, noise), drawn(400, linear, noise)] as const;
    expect(probeLinearly(...both)).toBeCloseTo(0.5, 1);
    expect(probeLinearly(drawn(9, constant), drawn(9, constant))).toBeNaN();
  });

  it('stays within reason where there are fewer rows than features', () => {
    const few = drawn(2, linear);
    expect(probeLinearly(few, drawn(50, linear))).toBeGreaterThan(-10);
  });
});

describe('viewAgreement', () => {
  const rows = (...values: number[]) => ({ values: Float32Array.from(values), width: 2 });

  it('counts partners that are nearest, and means of cosines', () => {
    // Of the four views, the second volume's first and the first volume's second are nearest each other.
    const agreement = viewAgreement(rows(1, 0, 0, 1), rows(0.6, 0.8, -1, 0));
    expect(agreement.top1).toBe(0.5);
    expect(agreement.positives).toBeCloseTo((0.6 + 0) / 2, 6);
    expect(agreement.negatives).toBeCloseTo((0 - 1 + 0.8 - 0.6) / 4, 6);
  });

  it('finds no partner where all are one', () => {
    const same = rows(0.6, 0.8, 0.6, 0.8, 0.6, 0.8);
    const { positives, negatives, top1 } = viewAgreement(same, same);
    expect([positives, negatives].map((cosine) => cosine.toFixed(5))).toEqual([
      '1.00000',
      '1.00000',
    ]);
    expect(top1).toBe(0);
  });
});

describe('embeddingSpread', () => {
  it('is 0 where all are one, and 1 where they lie evenly on the sphere', () => {
    const same = Float32Array.of(0.6, 0.8, 0.6, 0.8);
    const even = Float32Array.of(1, 0, -1, 0, 0, 1, 0, -1);
    expect(embeddingSpread({ values: same, width: 2 })).toBeCloseTo(0, 6);
    expect(embeddingSpread({ values: even, width: 2 })).toBeCloseTo(1, 6);
  });
});
