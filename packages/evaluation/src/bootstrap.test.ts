import { createRandom } from '@voxmim/core';

import { bootstrapInterval, comparePairs } from './bootstrap.js';
import { wilcoxonSignedRank } from './wilcoxon.js';

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

describe('wilcoxonSignedRank', () => {
  it('refuses what is not paired, or not finite', () => {
    expect(() => wilcoxonSignedRank([1, 2], [1])).toThrow('2 and 1 values');
    expect(() => wilcoxonSignedRank([1, NaN], [1, 2])).toThrow('Pair 1 is NaN and 2');
  });

  it('has nothing to say of equal values', () => {
    expect(wilcoxonSignedRank([1, 2], [1, 2])).toMatchObject({ pValue: 1, pairs: 0 });
  });
});

describe('comparePairs', () => {
  it('leaves out pairs without a value, and counts them', () => {
    const found = comparePairs([0.9, NaN, 0.8, 0.7], [0.8, 0.5, 0.6, Infinity]);

    expect(found).toMatchObject({ pairs: 2, undefinedPairs: 2 });
    expect(found.difference.mean).toBeCloseTo(0.15);
  });

  it('refuses lists of different lengths', () => {
    expect(() => comparePairs([1, 2], [1])).toThrow('2 and 1 values');
  });
});
