import { affineOf, createRandom, isVoxmimError, type ErrorCode, type Shape3 } from '@voxmim/core';
import fc from 'fast-check';

import { evaluateCase, evaluateMasks, regionMask } from './evaluate-case.js';

const shape: Shape3 = [4, 5, 6];
const classes = ['background', 'organ'];
const labels = (seed: number) => {
  const random = createRandom(seed);
  return { data: Uint8Array.from({ length: 120 }, () => random.integer(2)), shape };
};
const metricsOf = (seed: number, other: number, scale = 1) =>
  evaluateCase('x', labels(seed), labels(other), {
    classes,
    spacing: [3 * scale, 2 * scale, scale],
  }).classes[0];
const seeds = fc.integer({ min: 0, max: 1000 });

describe('evaluateCase', () => {
  it('measures a shifted cube as by hand', () => {
    const cube = (offset: number) => {
      const data = new Uint8Array(120);
      for (let d = 0; d < 2; d++)
        for (let h = 0; h < 2; h++)
          for (let w = 0; w < 2; w++) data[(d * 5 + h) * 6 + w + offset] = 1;
      return { data, shape };
    };
    const [found] = evaluateCase('x', cube(2), cube(0), { classes, spacing: [1, 1, 1.5] }).classes;
    expect(found).toMatchObject({ dice: 0, iou: 0, hd: 3, hd95: 3, assd: 2.25, nsd: 0.5 });
    expect(found.volumeDifferenceMl).toBe(0);
  });

  it('finds nothing to say against the truth itself', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(metricsOf(seed, seed)).toMatchObject({
          dice: 1,
          iou: 1,
          hd: 0,
          hd95: 0,
          assd: 0,
          nsd: 1,
        });
      }),
    );
  });

  it('is symmetric, and distances scale with the spacing', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, other) => {
        const [there, back, large] = [
          metricsOf(seed, other),
          metricsOf(other, seed),
          metricsOf(seed, other, 2),
        ];
        expect(back).toMatchObject({
          dice: there.dice,
          iou: there.iou,
          hd: there.hd,
          hd95: there.hd95,
          nsd: there.nsd,
        });
        expect(large.hd95).toBeCloseTo(2 * there.hd95, 8);
        expect(large.assd).toBeCloseTo(2 * there.assd, 8);
      }),
    );
  });

  it('counts a distance of just the tolerance as agreeing, at any spacing', () => {
    const voxel = (place: number) => {
      const data = new Uint8Array(120);
      data[place] = 1;
      return { data, shape };
    };
    const options = { classes, nsdToleranceMm: 0.3 };

    const [near] = evaluateCase('x', voxel(0), voxel(3), {
      ...options,
      spacing: [1, 1, 0.1],
    }).classes;
    const [far] = evaluateCase('x', voxel(0), voxel(4), {
      ...options,
      spacing: [1, 1, 0.1],
    }).classes;

    expect(near).toMatchObject({ nsd: 1 });
    expect(far).toMatchObject({ nsd: 0 });
  });

  it('takes a tolerance of each class by name', () => {
    const [strict] = evaluateCase('x', labels(1), labels(2), {
      classes,
      spacing: [1, 1, 1],
      nsdToleranceMm: { organ: 0 },
    }).classes;

    expect(strict.nsd).toBe(
      evaluateMasks(labels(1), labels(2), { spacing: [1, 1, 1], nsdToleranceMm: 0 }).nsd,
    );
  });

  it('takes the spacing from the affine of the truth', () => {
    const truth = { ...labels(2), affine: affineOf([3, 2, 1]) };

    expect(evaluateCase('x', labels(1), truth, { classes }).classes[0]).toEqual(metricsOf(1, 2));
  });

  it('measures volumes in millilitres, with their sign', () => {
    const one = { data: new Uint8Array(120), shape };
    one.data[5] = 1;
    const three = { data: new Uint8Array(120).fill(1, 0, 3), shape };

    const [found] = evaluateCase('x', three, one, { classes, spacing: [10, 10, 10] }).classes;

    expect(found).toMatchObject({ volumeDifferenceMl: 2, relativeVolumeDifference: 2 });
  });

  const spacing = [1, 1, 1] as const;
  const far = affineOf([1, 1, 1], [5, 0, 0]);
  const here = affineOf([1, 1, 1]);
  const wrongs: [string, ErrorCode, string, () => unknown][] = [
    [
      'another shape',
      'SHAPE_MISMATCH',
      'case_1',
      () =>
        evaluateCase('case_1', { data: new Uint8Array(60), shape: [2, 5, 6] }, labels(0), {
          classes,
          spacing,
        }),
    ],
    [
      'fewer values than the shape says',
      'SHAPE_MISMATCH',
      '60 values',
      () => evaluateCase('x', { data: new Uint8Array(60), shape }, labels(0), { classes, spacing }),
    ],
    [
      'more than one channel',
      'SHAPE_MISMATCH',
      '2 channels',
      () => evaluateCase('x', { ...labels(1), channels: 2 }, labels(0), { classes, spacing }),
    ],
    [
      'another place in the world',
      'INVALID_DATA',
      'lies elsewhere',
      () =>
        evaluateCase(
          'x',
          { ...labels(1), affine: far },
          { ...labels(0), affine: here },
          { classes },
        ),
    ],
    [
      'a label that is no class',
      'INVALID_DATA',
      'label 7',
      () =>
        evaluateCase('x', { data: new Uint8Array(120).fill(7, 9, 10), shape }, labels(0), {
          classes,
          spacing,
        }),
    ],
    [
      'a negative label',
      'INVALID_DATA',
      'label -1',
      () =>
        evaluateCase(
          'x',
          labels(0),
          { data: new Int16Array(120).fill(-1), shape },
          { classes, spacing },
        ),
    ],
    [
      'a label between classes',
      'INVALID_DATA',
      'label 0.5',
      () =>
        evaluateCase(
          'x',
          labels(0),
          { data: new Float32Array(120).fill(0.5), shape },
          {
            classes,
            spacing,
          },
        ),
    ],
    [
      'no spacing',
      'INVALID_CONFIG',
      'neither a spacing nor an affine',
      () => evaluateCase('x', labels(1), labels(0), { classes }),
    ],
    [
      'a spacing of zero',
      'INVALID_CONFIG',
      '[1, 0, 1]',
      () => evaluateCase('x', labels(1), labels(0), { classes, spacing: [1, 0, 1] }),
    ],
    [
      'a class without tolerance',
      'INVALID_CONFIG',
      'nsdToleranceMm.organ',
      () =>
        evaluateCase('x', labels(1), labels(0), { classes, spacing, nsdToleranceMm: { liver: 1 } }),
    ],
  ];

  it.each(wrongs)('refuses %s', (_, code, text, evaluate) => {
    try {
      evaluate();
      throw new Error('nothing was thrown');
    } catch (error) {
      expect(String(error)).toContain(text);
      expect(isVoxmimError(error, code)).toBe(true);
    }
  });
});

describe('evaluateMasks', () => {
  it('measures regions that overlap, as if each were a label map', () => {
    const tumor = (seed: number) => {
      const random = createRandom(seed);
      return { data: Uint8Array.from({ length: 120 }, () => random.integer(4)), shape };
    };
    const spacing = [3, 2, 1] as const;

    const whole = evaluateMasks(regionMask(tumor(1), [1, 2, 3]), regionMask(tumor(2), [1, 2, 3]), {
      spacing,
    });

    const merged = (seed: number) => ({
      data: tumor(seed).data.map((label) => Math.min(label, 1)),
      shape,
    });
    const [expected] = evaluateCase('x', merged(1), merged(2), { classes, spacing }).classes;
    expect({ name: 'organ', ...whole }).toEqual(expected);
  });

  it('takes anything but 0 for inside', () => {
    const loud = { data: labels(1).data.map((voxel) => voxel * 255), shape };

    expect(evaluateMasks(loud, labels(1), { spacing: [1, 1, 1] })).toMatchObject({
      dice: 1,
      hd: 0,
    });
  });
});
