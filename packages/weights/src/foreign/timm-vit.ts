import type { EncoderGeometry, Shape3 } from '@voxmim/core';

import type { StoredTensor } from '../safetensors/stored-tensor.js';
import { type ForeignReader, mapTensors } from './foreign-weights.js';
import { resizeKernel } from './resize-kernel.js';

const WEIGHT = 'patch_embed.proj.weight';

/**
 * A 2D Vision Transformer of timm or facebook's MAE, inflated along depth as I3D (arXiv:1705.07750)
 * does convolutions: a kernel is repeated and divided by the depth, so that a volume of equal slices
 * gives what the slice gave. Positions of the plane are repeated. Patches of another size are resized
 * trilinearly with their sum kept. The encoder needs `qkvBias: true`, as these models have one.
 */
export const fromTimmVit: ForeignReader = (tensors, target) => {
  const weight = tensors.get(WEIGHT);
  const positions = tensors.get('pos_embed');
  if (weight?.shape.length !== 4 || !positions) return undefined;
  const tokens = (positions.shape.at(-2) ?? 0) - (tensors.has('cls_token') ? 1 : 0);
  const edge = Math.round(Math.sqrt(tokens));
  const gridShape: Shape3 = [target.gridShape[0], edge, edge];
  const renamed = mapTensors(
    tensors,
    (name) => (name.startsWith('decoder_') ? name : `encoder.${name}`),
    (tensor, name) => {
      if (name === `encoder.${WEIGHT}`) return inflateKernel(tensor, target);
      return name === 'encoder.pos_embed' ? repeatPositions(tensor, tokens, gridShape) : tensor;
    },
  );
  return {
    origin: '2D ViT of timm or facebook MAE, inflated along depth',
    tensors: renamed,
    geometry: { gridShape, inChannels: weight.shape[1] ?? 1 },
  };
};

/** `[out, in, h, w]` to `[out, pd · ph · pw · in]`. */
function inflateKernel({ shape, values }: StoredTensor, { patchSize }: EncoderGeometry) {
  const [out = 0, channels = 1, height = 1, width = 1] = shape;
  const [depth, toHeight, toWidth] = patchSize;
  const plane = resizeKernel(Float32Array.from(values), [height, width], [toHeight, toWidth]);
  const size = toHeight * toWidth;
  const inflated = new Float32Array(out * depth * size * channels);
  let index = 0;
  for (let row = 0; row < out; row++) {
    for (let slice = 0; slice < depth; slice++) {
      for (let place = 0; place < size; place++) {
        for (let channel = 0; channel < channels; channel++) {
          inflated[index++] = (plane[(row * channels + channel) * size + place] ?? 0) / depth;
        }
      }
    }
  }
  return { shape: [out, depth * size * channels], values: inflated };
}

/** `[1, (1 +) h · w, channels]` to `[1, (1 +) d · h · w, channels]`. */
function repeatPositions(
  { shape, values }: StoredTensor,
  tokens: number,
  gridShape: Shape3,
): StoredTensor {
  const channels = shape.at(-1) ?? 0;
  const numbers = Float32Array.from(values);
  const leading = numbers.subarray(0, numbers.length - tokens * channels);
  const plane = numbers.subarray(leading.length);
  const repeated = new Float32Array(leading.length + gridShape[0] * plane.length);
  repeated.set(leading);
  for (let slice = 0; slice < gridShape[0]; slice++) {
    repeated.set(plane, leading.length + slice * plane.length);
  }
  return { shape: [1, repeated.length / channels, channels], values: repeated };
}
