import { createRandom } from '@voxmim/core';

import { intervalCaution } from './interval-caution.js';
import { meanHeight, smoothCurve, stepsToLevel } from './learning-curve.js';

const curve = [0, 3, 6, 0].map((score, at) => ({ step: 10 * (at + 1), score }));

it('smooths by what came before', () => {
  expect(smoothCurve(curve).map(({ score }) => score)).toEqual([0, 1.5, 3, 3]);
});

it('finds when a level was reached, and says where it never was', () => {
  expect(stepsToLevel(curve, 3)).toEqual({ steps: 30, reached: true });
  expect(stepsToLevel(curve, 4)).toEqual({ steps: 40, reached: false });
  expect(stepsToLevel([], 4)).toBeUndefined();
});

it('has the area under a curve over its length', () => {
  expect(meanHeight(curve)).toBeCloseTo((1.5 + 4.5 + 3) / 3, 12);
  expect(meanHeight([{ step: 5, score: 2 }])).toBe(2);
  expect(meanHeight([])).toBeNaN();
});

it('favors neither of two equal arms', () => {
  const random = createRandom(0, 'curves');
  const draw = () =>
    Array.from({ length: 20 }, (_, at) => ({
      step: at + 1,
      score: 0.8 * (1 - Math.exp(-at / 4)) + 0.015 * random.normal(),
    }));
  const gaps = Array.from({ length: 2000 }, () => {
    const [first, second] = [stepsToLevel(draw(), 0.76), stepsToLevel(draw(), 0.76)];
    return Math.log((first?.steps ?? 1) / (second?.steps ?? 1));
  });
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  expect(Math.abs(mean)).toBeLessThan(0.02);
});

it('warns of intervals over few cases', () => {
  expect(intervalCaution(5)).toContain('covers about 84 %');
  expect(intervalCaution(10)).toContain('91 %');
  expect(intervalCaution(15)).toBeNull();
});
