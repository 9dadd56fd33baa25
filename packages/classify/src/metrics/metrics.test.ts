import golden from '../../fixtures/metrics.json' with { type: 'json' };
import { auc, rocCurve } from './auc.js';
import {
  accuracy,
  balancedAccuracy,
  classAuc,
  expectedCalibrationError,
  logLoss,
  type ScoredCase,
} from './class-metrics.js';
import { intervalsOf } from './intervals.js';
import { explainedVariance, meanAbsoluteError, rootMeanSquaredError } from './value-metrics.js';

const scored = (...rows: [target: number, ...probabilities: number[]][]): ScoredCase[] =>
  rows.map(([target, ...probabilities]) => ({ target, probabilities }));

describe('auc', () => {
  it('is the share of pairs in the right order, ties counting one half', () => {
    expect(auc([0.1, 0.4, 0.35, 0.8], [false, false, true, true])).toBe(0.75);
    expect(auc([0.5, 0.5, 0.5], [false, true, true])).toBe(0.5);
    expect(auc([1, 2, 2, 3], [false, false, true, true])).toBe(0.875);
    expect(auc([3, 1], [false, true])).toBe(0);
  });
  it('is not known where one kind is missing', () => {
    expect(auc([1, 2], [true, true])).toBeNaN();
    expect(rocCurve([1, 2], [false, false])).toEqual([]);
  });
  it('is the area under the curve, whose steps are the different scores', () => {
    const [scores, kinds] = [
      [0.9, 0.7, 0.7, 0.2],
      [true, true, false, false],
    ] as const;
    const points = rocCurve(scores, kinds);
    expect(points.map((point) => [point.falsePositiveRate, point.truePositiveRate])).toEqual([
      [0, 0],
      [0, 0.5],
      [0.5, 1],
      [1, 1],
    ]);
    const area = points
      .slice(1)
      .map((point, at) => {
        const before = points[at]!;
        const width = point.falsePositiveRate - before.falsePositiveRate;
        return (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
      })
      .reduce((sum, part) => sum + part, 0);
    expect(area).toBeCloseTo(auc(scores, kinds), 12);
  });
});

describe('metrics of classes', () => {
  // Of class 0 three of four are found, of class 1 none of one.
  const cases = scored([0, 0.9, 0.1], [0, 0.8, 0.2], [0, 0.7, 0.3], [0, 0.4, 0.6], [1, 0.6, 0.4]);
  it('weighs classes alike in balanced accuracy, cases in accuracy', () => {
    expect(accuracy(cases)).toBe(0.6);
    expect(balancedAccuracy(cases)).toBe(0.375);
  });
  it('takes bins open below: 0.6 is in the one that ends there', () => {
    // Confidences .9 .8 .7 .6 .6: gaps .1, .2, .3 of right ones, and .6 of two that are wrong.
    expect(expectedCalibrationError(cases)).toBeCloseTo((0.1 + 0.2 + 0.3 + 2 * 0.6) / 5, 12);
    expect(expectedCalibrationError(scored([0, 1, 0], [1, 0, 1]))).toBe(0);
  });
  it('does not fall over a probability of 0', () => {
    expect(logLoss(scored([1, 1, 0]))).toBeCloseTo(-Math.log(1e-15), 6);
  });
});

it('agrees with scikit-learn', () => {
  const { binary, multiclass, values } = golden;
  const two = binary.targets.map((target, at) => ({
    target,
    probabilities: [1 - binary.scores[at]!, binary.scores[at]!],
  }));
  expect(classAuc(two, 2)).toBeCloseTo(binary.auc, 10);
  expect(accuracy(two)).toBeCloseTo(binary.accuracy, 10);
  expect(balancedAccuracy(two)).toBeCloseTo(binary.balancedAccuracy, 10);
  expect(logLoss(two)).toBeCloseTo(binary.logLoss, 10);
  const three = multiclass.targets.map((target, at) => ({
    target,
    probabilities: multiclass.probabilities[at]!,
  }));
  expect(classAuc(three, 3)).toBeCloseTo(multiclass.auc, 10);
  expect(balancedAccuracy(three)).toBeCloseTo(multiclass.balancedAccuracy, 10);
  const numbers = values.targets.map((target, at) => ({ target, value: values.predicted[at]! }));
  expect(meanAbsoluteError(numbers)).toBeCloseTo(values.meanAbsoluteError, 10);
  expect(rootMeanSquaredError(numbers)).toBeCloseTo(values.rootMeanSquaredError, 10);
  expect(explainedVariance(numbers)).toBeCloseTo(values.explainedVariance, 10);
});

describe('intervalsOf', () => {
  it('draws subjects: cases of one are in a draw together or not at all', () => {
    const cases = ['a', 'a', 'b', 'b'].map((subject, at) => ({ subject, target: at % 2 }));
    const sizes = new Set<string>();
    intervalsOf(cases, {
      mean(some) {
        const count = (subject: string) => some.filter((one) => one.subject === subject).length;
        sizes.add(`${count('a')} ${count('b')}`);
        return some.length;
      },
    });
    expect([...sizes].sort()).toEqual(['0 4', '2 2', '4 0']);
  });
  it('leaves out draws in which a metric does not exist', () => {
    const cases = [0, 1, 1, 0].map((target, at) => ({
      subject: String(at),
      target,
      probabilities: [1 - target, target],
    }));
    const { area } = intervalsOf(cases, { area: (some) => classAuc(some, 2) });
    expect(area).toEqual({ mean: 1, low: 1, high: 1 });
  });
});
