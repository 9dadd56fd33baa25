import { createRandom, isVoxmimError, type Shape3 } from '@voxmim/core';
import fc from 'fast-check';

import { type CaseMetrics, evaluateCase } from './evaluate-case.js';
import { formatTable } from './format-table.js';
import { bootstrapInterval } from './bootstrap.js';
import { wilcoxonSignedRank } from './wilcoxon.js';
import { caseMeans } from './score.js';
import { summarize } from './summarize.js';

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

  it('refuses grids that differ', () => {
    try {
      evaluateCase('case_1', { data: new Uint8Array(60), shape: [2, 5, 6] }, labels(0), {
        classes,
        spacing: [1, 1, 1],
      });
      throw new Error('nothing was thrown');
    } catch (error) {
      expect(isVoxmimError(error, 'SHAPE_MISMATCH')).toBe(true);
      expect(String(error)).toContain('case_1');
    }
  });
});

describe('summarize', () => {
  const entry = (dice: number, truthVoxels = 1, predictedVoxels = 1) => ({
    name: 'organ',
    dice,
    iou: dice,
    nsd: dice,
    hd: 1,
    hd95: 1,
    assd: 1,
    truthVoxels,
    predictedVoxels,
    volumeDifferenceMl: 0,
    relativeVolumeDifference: 0,
  });
  const cases: CaseMetrics[] = [
    {
      id: 'a',
      classes: [
        { ...entry(1), name: 'one' },
        { ...entry(NaN, 0, 0), name: 'two' },
      ],
    },
    {
      id: 'b',
      classes: [
        { ...entry(1), name: 'one' },
        { ...entry(0), name: 'two' },
      ],
    },
    {
      id: 'c',
      classes: [
        { ...entry(1), name: 'one' },
        { ...entry(0, 0, 5), name: 'two', hd95: Infinity },
      ],
    },
  ];

  it('takes the two-step mean of MONAI, leaving out classes missing from the truth', () => {
    expect(summarize(cases, { policy: 'monai' }).mean.dice.mean).toBeCloseTo((1 + 0.5 + 1) / 3);
  });

  it('scores what is missing from both as 1 when asked', () => {
    expect(summarize(cases, { policy: 'monaiScoreEmpty' }).mean.dice.mean).toBeCloseTo(
      (1 + 0.5 + 0.5) / 3,
    );
  });

  it('takes the mean of class means of nnU-Net, where a false positive counts', () => {
    const { mean, classes: found } = summarize(cases, { policy: 'nnunet' });
    expect(mean.dice.mean).toBeCloseTo((1 + 0) / 2);
    expect(found[1].metrics.dice).toMatchObject({ cases: 2, undefinedCases: 1 });
  });

  it('counts infinite distances and says so in the table', () => {
    const summary = summarize(cases);
    expect(summary.classes[1].metrics.hd95).toMatchObject({ mean: 1, infiniteCases: 1 });
    expect(formatTable(summary)).toContain(
      'two: in 1 of 3 cases only one of truth and prediction has it',
    );
  });

  it('gives one number per case for paired tests', () => {
    expect(caseMeans(cases, 'dice')).toEqual([1, 0.5, 0.5]);
  });
});

describe('bootstrapInterval', () => {
  it('covers the true mean about as often as it says', () => {
    const covered = Array.from({ length: 200 }, (_, seed) => {
      const random = createRandom(seed, 'sample');
      const values = Array.from({ length: 30 }, () => 5 + random.normal());
      const { low, high } = bootstrapInterval(values, { resamples: 300, seed });
      return low <= 5 && 5 <= high ? 1 : 0;
    });
    const share = covered.reduce<number>((sum, hit) => sum + hit, 0) / covered.length;
    expect(share).toBeGreaterThan(0.88);
    expect(share).toBeLessThan(0.99);
  });

  it('is a point for one value, and the same for the same seed', () => {
    expect(bootstrapInterval([0.4])).toEqual({ mean: 0.4, low: 0.4, high: 0.4 });
    expect(bootstrapInterval([1, 2, 4])).toEqual(bootstrapInterval([1, 2, 4]));
  });
});

it('refuses a paired test of unpaired values', () => {
  expect(() => wilcoxonSignedRank([1, 2], [1])).toThrow('2 and 1 values');
});
