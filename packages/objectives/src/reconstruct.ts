import type { Reconstruction, TokenMask } from '@voxmim/core';
import {
  hiddenTokens,
  patchify,
  putTokens,
  takeTokens,
  unpatchify,
  visibleTokens,
} from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { denormalizeHidden } from './denormalize.js';
import type { TargetMap } from './target-map.js';

/**
 * Makes whole volumes of predicted hidden patches. Visible places hold zero in `prediction` and the
 * input's own voxels in `volumes`, which only a prediction of voxels has.
 *
 * @param predictHidden gives `[B, Lh, P]`, in the order of `mask.hiddenIds`
 */
export function reconstructPatches(
  predictHidden: () => tf.Tensor3D,
  volumes: tf.Tensor5D,
  mask: TokenMask,
  { isVoxels, cellsPerToken }: TargetMap,
  normalized: boolean,
): Reconstruction {
  const { batchSize, gridShape } = mask;
  const length = mask.hidden.length / batchSize;
  const whole = (patches: tf.Tensor3D) => unpatchify(patches, gridShape, cellsPerToken);
  const onHidden = (patches: tf.Tensor3D) => putTokens(patches, hiddenTokens(mask), length);
  if (!isVoxels)
    return { prediction: tf.tidy(() => whole(onHidden(predictHidden()))), volumes: null };
  return tf.tidy(() => {
    const visibleIds = visibleTokens(mask);
    const predicted = predictHidden();
    const visible = takeTokens(patchify(volumes, cellsPerToken), visibleIds);
    const shown = normalized ? denormalizeHidden(predicted, visible, mask) : predicted;
    return {
      prediction: whole(onHidden(predicted)),
      volumes: whole(tf.add(onHidden(shown), putTokens(visible, visibleIds, length))),
    };
  });
}
