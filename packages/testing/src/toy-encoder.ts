import {
  mapAxes,
  tile,
  volumeOf,
  type EncoderContext,
  type MaskTokenEncoder,
  type Shape3,
  type TokenMask,
  type VisibleTokenEncoder,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { hiddenVoxels } from './masks.js';
import { drawnVariable } from './toy-parts.js';

/** What a {@link toyEncoder} is built with. */
export interface ToyEncoderOptions extends EncoderContext {
  readonly patchSize: Shape3;
  readonly embedDim: number;
  /** Voxels per cell of its only level. Defaults to `patchSize`. */
  readonly stride?: Shape3;
  /** Whether it never looks at voxels: its features are its parameters. Defaults to false. */
  readonly blind?: boolean;
}

/**
 * The smallest encoder with every capability, made of closures: it shares no base class with any
 * other. One linear map per patch, then the mean of all tokens is added to each, so that every
 * token depends on every visible voxel and on no hidden one.
 */
export function toyEncoder(options: ToyEncoderOptions): VisibleTokenEncoder & MaskTokenEncoder {
  const { inputShape, inChannels, patchSize, embedDim, random, stride = patchSize } = options;
  const gridShape = tile(inputShape, patchSize);
  const stem = drawnVariable<tf.Rank.R5>(
    [...patchSize, inChannels, embedDim],
    random.stream('stem'),
  );
  const position = drawnVariable<tf.Rank.R5>(
    [1, ...gridShape, embedDim],
    random.stream('position'),
  );
  const steps: [number, number, number] = [...mapAxes(stride, (size, at) => size / patchSize[at])];

  const mix = (tokens: tf.Tensor5D): tf.Tensor5D => {
    const mixed: tf.Tensor5D = tf.add(tokens, tf.mean(tokens, [1, 2, 3], true));
    return tf.tanh(tf.add<tf.Tensor5D>(mixed, position));
  };
  const pool = (tokens: tf.Tensor5D): tf.Tensor5D => tf.avgPool3d(tokens, steps, steps, 'valid');
  const embed = (volumes: tf.Tensor5D): tf.Tensor5D => {
    const seen = options.blind ? tf.ones<tf.Rank.R5>(volumes.shape) : volumes;
    return tf.conv3d(seen, stem, [...patchSize], 'valid');
  };
  const masked = (volumes: tf.Tensor5D, mask: TokenMask, filler: tf.Tensor): tf.Tensor5D => {
    const visible = tf.sub(1, hiddenVoxels(mask, patchSize));
    const cells = tf.sub(1, hiddenVoxels(mask, [1, 1, 1]));
    const shown = tf.mul(embed(tf.mul(volumes, visible)), cells);
    return mix(tf.add(shown, tf.mul(tf.sub(1, cells), filler)));
  };
  return {
    name: 'toy',
    geometry: { inputShape, inChannels, patchSize, gridShape, embedDim },
    levels: [{ channels: embedDim, stride }],
    layerCount: 1,
    layerOf: () => 0,
    maskTokenDim: embedDim,
    namedParameters: () => new Map<string, tf.Variable>(Object.entries({ stem, position })),
    dispose: () => tf.dispose([stem, position]),
    pyramid: (volumes) => tf.tidy(() => [pool(mix(embed(volumes)))]),
    encodeWithMaskToken: (volumes, mask, token) =>
      tf.tidy(() => pool(masked(volumes, mask, token))),
    encodeVisible: (volumes, mask) =>
      tf.tidy(() => {
        const tokens = masked(volumes, mask, tf.scalar(0));
        const rows = tf.reshape(tokens, [mask.batchSize, volumeOf(gridShape), embedDim]);
        return tf.matMul(visibleRows(mask), rows);
      }),
  };
}

/** `[B, Lv, L]`: a product with it picks the visible tokens. */
function visibleRows({ visibleIds, batchSize, gridShape }: TokenMask): tf.Tensor3D {
  const flat = tf.oneHot(tf.tensor1d(visibleIds, 'int32'), volumeOf(gridShape));
  return tf.reshape(tf.cast(flat, 'float32'), [batchSize, -1, volumeOf(gridShape)]);
}
