import type { EncoderGeometry } from '@voxmim/core';

import type { StoredTensor } from '../safetensors/stored-tensor.js';
import { recognizeWeights } from './foreign-weights.js';
import { resizeKernel } from './resize-kernel.js';

const target: EncoderGeometry = {
  inputShape: [4, 4, 8],
  inChannels: 1,
  patchSize: [2, 2, 2],
  gridShape: [2, 2, 4],
  embedDim: 1,
};

function tensor(shape: readonly number[], ...values: number[]): StoredTensor {
  return { shape, values: Float32Array.from(values) };
}

/** A 2D ViT of one feature, with 2 × 2 patches of two channels and a class token. */
const plane = new Map([
  ['model.patch_embed.proj.weight', tensor([1, 2, 2, 2], 1, 2, 3, 4, 10, 20, 30, 40)],
  ['model.pos_embed', tensor([1, 5, 1], 9, 1, 2, 3, 4)],
  ['model.cls_token', tensor([1, 1, 1], 7)],
  ['model.decoder_pred.weight', tensor([1, 1], 5)],
]);

describe('a 2D ViT', () => {
  const found = recognizeWeights(plane, target);

  it('is inflated: kernels shared out over depth, channels last, positions repeated', () => {
    expect(found?.tensors.get('encoder.patch_embed.proj.weight')).toEqual(
      tensor([1, 16], ...[0.5, 5, 1, 10, 1.5, 15, 2, 20], ...[0.5, 5, 1, 10, 1.5, 15, 2, 20]),
    );
    expect(found?.tensors.get('encoder.pos_embed')).toEqual(
      tensor([1, 9, 1], 9, ...[1, 2, 3, 4], ...[1, 2, 3, 4]),
    );
    expect(found?.geometry).toEqual({ gridShape: [2, 2, 2], inChannels: 2 });
  });

  it('keeps what is no part of an encoder out of it', () => {
    expect(found?.tensors.has('decoder_pred.weight')).toBe(true);
    expect(found?.tensors.has('encoder.cls_token')).toBe(true);
  });
});

it('our own weights are nobody else’s', () => {
  const own = new Map([['encoder.patch_embed.proj.weight', tensor([1, 2], 1, 1)]]);
  expect(recognizeWeights(own, target)).toBeUndefined();
});

it('a resized kernel gives a constant patch the same feature', () => {
  const kernel = Float32Array.from({ length: 2 * 16 }, (_, at) => Math.sin(at));
  const sums = (values: Float32Array, size: number) =>
    [0, 1].map((at) => values.slice(at * size, (at + 1) * size).reduce((sum, v) => sum + v, 0));

  const resized = resizeKernel(kernel, [4, 4], [2, 2]);

  expect(resized).toHaveLength(8);
  sums(resized, 4).forEach((sum, at) => expect(sum).toBeCloseTo(sums(kernel, 16)[at] ?? NaN, 5));
});
