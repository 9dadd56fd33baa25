import type { ReportedChart } from '@voxmim/core';

import type { ClassifyEvaluation } from './evaluation.js';
import { rocCurve } from './metrics/auc.js';
import { calibrationBins } from './metrics/class-metrics.js';

type Classes = Extract<ClassifyEvaluation, { kind: 'classes' }>;

/** The ROC curve of the positive class of two, or of each class against the rest. */
export function rocChart({ cases, classes }: Classes): ReportedChart {
  const labels = classes.length === 2 ? [1] : classes.map((_, label) => label);
  const curves = labels.map((label) => ({
    name: classes[label] ?? String(label),
    points: rocCurve(
      cases.map(({ probabilities }) => probabilities[label] ?? NaN),
      cases.map(({ target }) => target === label),
    ).map((point): [number, number] => [point.falsePositiveRate, point.truePositiveRate]),
  }));
  return {
    ...{ title: 'ROC', xLabel: 'False positive rate', yLabel: 'True positive rate' },
    scale: 'linear',
    note: 'Of the test cases, one step for each different probability.',
    series: [...curves, diagonal('chance', 0)],
  };
}

/** Accuracy by confidence; on the diagonal both agree. */
export function calibrationChart({ cases, classes }: Classes): ReportedChart {
  const points = calibrationBins(cases).map((bin): [number, number] => [
    bin.confidence,
    bin.accuracy,
  ]);
  return {
    ...{ title: 'Calibration', xLabel: 'Confidence', yLabel: 'Accuracy' },
    scale: 'linear',
    note: 'Test cases in tenths of the probability of the predicted class; on the dashed line both agree.',
    series: [{ name: 'model', points }, diagonal('perfect', 1 / classes.length)],
  };
}

function diagonal(name: string, from: number): ReportedChart['series'][number] {
  return {
    name,
    dashed: true,
    points: [
      [from, from],
      [1, 1],
    ],
  };
}
