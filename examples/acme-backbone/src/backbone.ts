import {
  VoxmimError,
  type EncoderContext,
  type FeatureLevel,
  type MaskTokenEncoder,
  type Random,
  type Shape3,
  type TokenMask,
} from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import type { AcmeConfig } from './config.js';

/**
 * Two levels of residual 3×3×3 convolutions: tokens of `patchSize`, then half as many along each axis. Hidden
 * voxels are zeroed before the first convolution, whose kernel is one token, so they reach nothing.
 */
export function acmeBackbone(
  { patchSize, embedDim, depth }: AcmeConfig,
  { inputShape, inChannels, random }: EncoderContext,
): MaskTokenEncoder {
  const [gridDepth, gridHeight, gridWidth] = inputShape.map(
    (extent, axis) => extent / (patchSize[axis] ?? 1),
  );
  const gridShape: Shape3 = [gridDepth ?? 1, gridHeight ?? 1, gridWidth ?? 1];
  if (gridShape.some((extent) => extent % 2 !== 0)) {
    throw new VoxmimError(
      'SHAPE_MISMATCH',
      `acme/conv needs an even number of tokens along each axis, not ${gridShape.join(' x ')}.`,
      'Choose a crop that is a multiple of twice the patchSize.',
      { expected: 'even numbers of tokens', received: gridShape },
    );
  }
  const parameters = new Map<string, tf.Variable>();
  const kernel = (name: string, shape: [number, number, number, number, number]) => {
    const variable = drawn(shape, random.stream(name));
    parameters.set(name, variable);
    return variable;
  };
  const bias = (name: string, channels: number) => {
    const variable = tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([channels])));
    parameters.set(name, variable);
    return variable;
  };
  const layers = (level: number, channels: number) =>
    Array.from({ length: depth }, (_, index) => ({
      weight: kernel(`levels.${level}.${index}.weight`, [channels, channels, 3, 3, 3]),
      bias: bias(`levels.${level}.${index}.bias`, channels),
    }));
  const stem = kernel('stem.weight', [embedDim, inChannels, ...patchSize]);
  const first = layers(0, embedDim);
  const merge = kernel('merge.weight', [2 * embedDim, embedDim, 2, 2, 2]);
  const second = layers(1, 2 * embedDim);

  const residual = (x: tf.Tensor5D, stack: typeof first): tf.Tensor5D =>
    stack.reduce<tf.Tensor5D>(
      (before, layer) =>
        tf.add(before, tf.relu(tf.add(convolve(before, layer.weight, 1, 'same'), layer.bias))),
      x,
    );
  const deepen = (tokens: tf.Tensor5D): [tf.Tensor5D, tf.Tensor5D] => {
    const fine = residual(tokens, first);
    return [fine, residual(convolve(fine, merge, 2, 'valid'), second)];
  };
  const embed = (volumes: tf.Tensor5D) => convolve(volumes, stem, [...patchSize], 'valid');
  const levels: FeatureLevel[] = [1, 2].map((factor) => ({
    channels: embedDim * factor,
    stride: [patchSize[0] * factor, patchSize[1] * factor, patchSize[2] * factor],
  }));

  return {
    name: 'acme/conv',
    geometry: { inputShape, inChannels, patchSize, gridShape, embedDim },
    levels,
    layerCount: 2,
    layerOf: (name) => (/^(merge|levels\.1)\./.test(name) ? 1 : 0),
    maskTokenDim: embedDim,
    namedParameters: () => parameters,
    dispose: () => tf.dispose([...parameters.values()]),
    pyramid: (volumes) => tf.tidy(() => deepen(embed(volumes))),
    encodeWithMaskToken: (volumes, mask, token) =>
      tf.tidy(() => {
        const hidden = cells(mask);
        const seen: tf.Tensor5D = tf.mul(volumes, tf.sub(1, enlarged(hidden, patchSize)));
        const shown: tf.Tensor5D = tf.mul(embed(seen), tf.sub(1, hidden));
        return deepen(tf.add(shown, tf.mul(hidden, token)))[1];
      }),
  };
}

/** A convolution whose weight is `[out, in, d, h, w]`, as checkpoints hold it. */
function convolve(
  x: tf.Tensor5D,
  weight: tf.Variable,
  strides: number | [number, number, number],
  pad: 'same' | 'valid',
): tf.Tensor5D {
  return tf.conv3d(
    x,
    tf.transpose<tf.Tensor5D>(weight as tf.Tensor5D, [2, 3, 4, 1, 0]),
    strides,
    pad,
  );
}

/** `[B, d, h, w, 1]`, 1 where a token is hidden. */
function cells({ batchSize, gridShape, hidden }: TokenMask): tf.Tensor5D {
  return tf.tensor5d(Float32Array.from(hidden), [batchSize, ...gridShape, 1]);
}

/** Each cell as a block of voxels. */
function enlarged(cell: tf.Tensor5D, factors: Shape3): tf.Tensor5D {
  return factors.reduce<tf.Tensor5D>((x, factor, at) => {
    const copies = Array.from({ length: factor }, () => tf.expandDims(x, at + 2));
    const shape = x.shape.map((extent, axis) => (axis === at + 1 ? extent * factor : extent));
    return tf.reshape(tf.concat(copies, at + 2), shape as typeof x.shape);
  }, cell);
}

function drawn(
  shape: [number, number, number, number, number],
  random: Random,
): tf.Variable<tf.Rank.R5> {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const scale = Math.sqrt((2 * shape[0]) / size);
  const values = Float32Array.from({ length: size }, () => scale * random.normal());
  return tf.tidy(() => tf.variable(tf.tensor5d(values, shape)));
}
