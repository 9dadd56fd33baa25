import { VoxmimError } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { classSums, type ClassSums } from './class-sums.js';
import { focalLoss } from './focal-loss.js';
import type { SegmentationLossConfig } from './loss-config.js';
import { labelsAt, type LossTarget, lossTarget, type Regions } from './loss-target.js';
import { diceLoss, generalizedDiceLoss, tverskyLoss } from './overlap-losses.js';

/** What a loss needs to know beside its config. */
export interface LossOptions {
  /** Makes every logit a sigmoid of its own: classes are these regions of label values. */
  readonly regions?: Regions;
}

/**
 * The loss of a segmentation, by MONAI's conventions: Dice per sample and class, then the mean;
 * cross-entropy averaged over voxels.
 *
 * Differs from MONAI for overlapping regions, where its `DiceCELoss` takes the argmax of the
 * target: there the second term is binary cross-entropy per region.
 *
 * @param logits `[B, D, H, W, C]`, or several from fine to coarse (deep supervision): level `i`
 *   weighs `2^-i`, normalized to sum to 1, against labels from the middle of its cells
 * @param labels int32 `[B, D, H, W]`; values of no class or region count as belonging to none
 * @throws `SHAPE_MISMATCH` when the grids differ, or the channels are not the regions'
 */
export function segmentationLoss(
  logits: tf.Tensor5D | readonly tf.Tensor5D[],
  labels: tf.Tensor4D,
  config: SegmentationLossConfig,
  options: LossOptions = {},
): tf.Scalar {
  const outputs = logits instanceof tf.Tensor ? [logits] : logits;
  checkShapes(outputs, labels, options.regions);
  const whole = outputs.reduce((sum, _, level) => sum + 2 ** -level, 0);
  return tf.tidy(() => {
    const terms = outputs.map((output, level) => {
      const target = lossTarget(labelsAt(labels, output.shape), output.shape[4], options.regions);
      return tf.mul(lossOf(output, target, config), 2 ** -level / whole);
    });
    return tf.reshape(tf.addN(terms), []);
  });
}

function lossOf(
  logits: tf.Tensor5D,
  target: LossTarget,
  config: SegmentationLossConfig,
): tf.Scalar {
  const scores: tf.Tensor3D = tf.reshape(logits, target.classes.shape);
  const squared = 'squaredPred' in config && config.squaredPred;
  const sums = classSums(scores, target, squared);
  switch (config.name) {
    case 'dice':
      return diceLoss(sums, config);
    case 'generalizedDice':
      return generalizedDiceLoss(sums, config);
    case 'tversky':
      return tverskyLoss(sums, config);
    case 'crossEntropy':
      return crossEntropy(sums, target);
    case 'diceCrossEntropy':
      return tf.add(
        tf.mul(diceLoss(sums, config), config.diceWeight),
        tf.mul(crossEntropy(sums, target), config.crossEntropyWeight),
      );
    case 'diceFocal':
      return tf.add(
        tf.mul(diceLoss(sums, config), config.diceWeight),
        tf.mul(focalLoss(scores, target, config.gamma), config.focalWeight),
      );
  }
}

function crossEntropy({ logLikelihood }: ClassSums, { classes, overlapping }: LossTarget) {
  const [batch, voxels, channels] = classes.shape;
  const count = batch * voxels * (overlapping ? channels : 1);
  return tf.div<tf.Scalar>(tf.neg(tf.sum(logLikelihood)), count);
}

function checkShapes(
  outputs: readonly tf.Tensor5D[],
  labels: tf.Tensor4D,
  regions?: Regions,
): void {
  const [full] = outputs;
  const fits = full && labels.shape.every((extent, axis) => extent === full.shape[axis]);
  if (fits && (!regions || full.shape[4] === regions.length)) return;
  const channels = regions ? regions.length : 'C';
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `Logits of [${(full?.shape ?? []).join(', ')}] cannot be scored against labels of [${labels.shape.join(', ')}]${regions ? ` in ${regions.length} regions` : ''}.`,
    "Give logits [B, D, H, W, C] on the labels' grid, one channel per class or region.",
    { expected: `[${[...labels.shape, channels].join(', ')}]`, received: full?.shape ?? [] },
  );
}
