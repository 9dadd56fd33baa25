import type { RegionsConfig } from '@voxmim/volumes';
import { segmentationLoss, type SegmentationLossConfig } from '@voxmim/segmentation';
import type { Scalar, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';

/** The fields of a run config that say what a segmentation model learns. */
export interface LossFields {
  readonly loss: SegmentationLossConfig;
  readonly regions: RegionsConfig | null;
}

/**
 * The loss of a segmentation model under a run's config; call inside a tidy.
 *
 * @param logits `[B, D, H, W, C]`, fine to coarse
 * @param labels int32 `[B, D, H, W]`
 */
export function trainingLoss(
  logits: readonly Tensor5D[],
  labels: Tensor4D,
  { loss, regions }: LossFields,
): Scalar {
  const options = regions ? { regions: regions.map(({ labels: members }) => members) } : {};
  return segmentationLoss(logits, labels, loss, options);
}
