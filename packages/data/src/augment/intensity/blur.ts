import { mapAxes, type Random, type Vector3, type Volume } from '@voxmim/core';
import { z } from 'zod';

import { gaussianWeights } from '../../geometry/gaussian-weights.js';
import { drawFrom, probability, rangeWithin } from '../draw.js';

/** Smooths by a Gaussian. Source: nnU-Net `GaussianBlurTransform`, MONAI `RandGaussianSmooth`. */
export const BlurConfig = z.strictObject({
  probability: probability.default(0).describe('Of a blur.'),
  sigma: rangeWithin(0, 20)
    .default([0.5, 1])
    .describe('Range of its standard deviation in voxels, drawn for each axis.'),
});
export type BlurConfig = z.infer<typeof BlurConfig>;

export function blur(
  image: Volume<Float32Array>,
  channel: number,
  { sigma }: BlurConfig,
  random: Random,
): void {
  gaussianFilter(
    image,
    channel,
    mapAxes(image.shape, () => drawFrom(sigma, random)),
  );
}

/**
 * In place; beyond the border the border's value stands.
 *
 * Source: the numbers of `scipy.ndimage.gaussian_filter(mode="nearest")`.
 */
export function gaussianFilter(
  { data, shape, channels }: Volume<Float32Array>,
  channel: number,
  sigmas: Vector3,
): void {
  const strides: Vector3 = [shape[1] * shape[2] * channels, shape[2] * channels, channels];
  for (const axis of [0, 1, 2] as const) {
    const weights = gaussianWeights(sigmas[axis]);
    if (weights.length === 1) continue;
    const [extent, stride] = [shape[axis], strides[axis]];
    const padded = new Float64Array(extent + 2 * (weights.length - 1));
    for (let start = channel; start < data.length; start += stride * extent) {
      for (let line = start; line < start + stride; line += channels) {
        filterLine(data, line, stride, extent, weights, padded);
      }
    }
  }
}

/** @param padded holds the line between copies of its ends, as far as the weights reach */
function filterLine(
  data: Float32Array,
  line: number,
  stride: number,
  extent: number,
  weights: Float64Array,
  padded: Float64Array,
): void {
  const radius = weights.length - 1;
  padded.fill(data[line], 0, radius);
  for (let index = 0; index < extent; index++) padded[radius + index] = data[line + index * stride];
  padded.fill(data[line + (extent - 1) * stride], radius + extent);
  for (let index = 0; index < extent; index++) {
    const center = index + radius;
    let sum = padded[center] * weights[0];
    for (let distance = 1; distance <= radius; distance++) {
      sum += (padded[center - distance] + padded[center + distance]) * weights[distance];
    }
    data[line + index * stride] = sum;
  }
}
