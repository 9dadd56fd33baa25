import type { Reconstruction, Shape3, TokenMask } from '@voxmim/core';
import { patchify, putTokens, takeTokens, tokenIds, unpatchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { denormalizeHidden } from './denormalize.js';

/**
 * Makes whole volumes of predicted hidden patches. Visible places hold zero in `prediction` and the
 * input's own voxels in `volumes`.
 *
 * @param predictHidden gives `[B, Lh, P]`, in the order of `mask.hiddenIds`
 */
export function reconstructPatches(
  predictHidden: () => tf.Tensor3D,
  volumes: tf.Tensor5D,
  mask: TokenMask,
  patchSize: Shape3,
  normalized: boolean,
): Reconstruction {
  const { batchSize, gridShape } = mask;
  return tf.tidy(() => {
    const length = mask.hidden.length / batchSize;
    const visibleIds = tokenIds(mask.visibleIds, batchSize);
    const hiddenIds = tokenIds(mask.hiddenIds, batchSize);
    const predicted = predictHidden();
    const visible = takeTokens(patchify(volumes, patchSize), visibleIds);
    const shown = normalized ? denormalizeHidden(predicted, visible, mask) : predicted;
    const whole = (patches: tf.Tensor3D) => unpatchify(patches, gridShape, patchSize);
    const placed = putTokens(shown, hiddenIds, length);
    return {
      prediction: whole(putTokens(predicted, hiddenIds, length)),
      volumes: whole(tf.add(placed, putTokens(visible, visibleIds, length))),
    };
  });
}
