import { volumeOf, type EncoderGeometry, type TokenMask } from '@voxmim/core';
import { hiddenPlaces, patchify, putTokens, takeTokens, visibleTokens } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { checkMask, checkVolumes } from './input.js';

/**
 * Embeds the visible patches and puts a token in place of the hidden ones. Hidden voxels never
 * enter a product.
 *
 * @param maskToken `[dim]`
 * @param embed from `[B, Lv, pd · ph · pw · C]` to `[B, Lv, dim]`
 * @returns `[B, L, dim]`
 * @throws `SHAPE_MISMATCH` when volumes or mask do not fit the geometry
 */
export function fillHidden(
  volumes: tf.Tensor5D,
  mask: TokenMask,
  maskToken: tf.Tensor,
  geometry: EncoderGeometry,
  embed: (patches: tf.Tensor3D) => tf.Tensor3D,
): tf.Tensor3D {
  checkVolumes(volumes, geometry);
  checkMask(mask, volumes, geometry);
  const length = volumeOf(geometry.gridShape);
  return tf.tidy(() => {
    const ids = visibleTokens(mask);
    const visible = embed(takeTokens(patchify(volumes, geometry.patchSize), ids));
    const filler = tf.mul(tf.reshape(maskToken, [1, 1, maskToken.size]), hiddenPlaces(mask));
    return tf.add(putTokens(visible, ids, length), filler);
  });
}
