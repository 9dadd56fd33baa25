import { meanOf } from './bootstrap.js';
import type { CaseMetrics, ClassMetrics } from './evaluate-case.js';

/**
 * What a class that is missing from truth or prediction counts for in Dice and IoU:
 *
 * | truth | prediction | `monai` | `monaiScoreEmpty` | `nnunet` |
 * | --- | --- | --- | --- | --- |
 * | empty | empty | left out | 1 | left out |
 * | empty | found | left out | 0 | 0 |
 * | there | empty | 0 | 0 | 0 |
 *
 * `monai` is `ignore_empty=True`, under which a false positive costs nothing; `monaiScoreEmpty` is
 * `ignore_empty=False`. NSD is the same under all three, as MONAI's: left out when the class is in
 * neither, 0 when in one only. Distances are left out or infinite likewise. The mean over all classes
 * is a mean of case means for MONAI and a mean of class means for nnU-Net.
 */
export type EmptyPolicy = 'monai' | 'monaiScoreEmpty' | 'nnunet';

/** The metrics that are summarized. */
export const metricNames = [
  'dice',
  'iou',
  'nsd',
  'hd95',
  'hd',
  'assd',
  'volumeDifferenceMl',
  'relativeVolumeDifference',
] as const;
export type MetricName = (typeof metricNames)[number];

/**
 * What one class of one case counts for under a policy: NaN where it is left out, infinite for a
 * distance to nothing.
 */
export function scoreOf(found: ClassMetrics, metric: MetricName, policy: EmptyPolicy): number {
  const isOverlap = metric === 'dice' || metric === 'iou';
  if (!isOverlap || found.truthVoxels > 0) return found[metric];
  if (policy === 'monai') return NaN;
  if (found.predictedVoxels > 0) return 0;
  return policy === 'monaiScoreEmpty' ? 1 : NaN;
}

/**
 * One number per case: the mean over the classes that count. For paired tests between two models.
 *
 * @returns NaN for a case where no class counts
 */
export function caseMeans(
  cases: readonly CaseMetrics[],
  metric: MetricName,
  policy: EmptyPolicy = 'nnunet',
): number[] {
  return cases.map(({ classes }) =>
    meanOf(classes.map((found) => scoreOf(found, metric, policy)).filter(Number.isFinite)),
  );
}
