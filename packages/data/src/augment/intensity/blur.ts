import { mapAxes, type Random, type Vector3, type Volume } from '@voxmim/core';
import { z } from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';

/** Standard deviations beyond which the kernel ends. */
const TRUNCATE = 4;

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
    const kernel = gaussianKernel(sigmas[axis]);
    if (kernel.length === 1) continue;
    const [extent, stride] = [shape[axis], strides[axis]];
    const padded = new Float64Array(extent + kernel.length - 1);
    for (let start = channel; start < data.length; start += stride * extent) {
      for (let line = start; line < start + stride; line += channels) {
        filterLine(data, line, stride, extent, kernel, padded);
      }
    }
  }
}

function gaussianKernel(sigma: number): Float64Array {
  const radius = sigma > 0 ? Math.floor(TRUNCATE * sigma + 0.5) : 0;
  const kernel = Float64Array.from({ length: 2 * radius + 1 }, (_, at) =>
    radius === 0 ? 1 : Math.exp(-0.5 * ((at - radius) / sigma) ** 2),
  );
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  return kernel.map((weight) => weight / sum);
}

function filterLine(
  data: Float32Array,
  line: number,
  stride: number,
  extent: number,
  kernel: Float64Array,
  padded: Float64Array,
): void {
  const radius = (kernel.length - 1) / 2;
  padded.fill(data[line], 0, radius);
  for (let index = 0; index < extent; index++) padded[radius + index] = data[line + index * stride];
  padded.fill(data[line + (extent - 1) * stride], radius + extent);
  for (let index = 0; index < extent; index++) {
    let sum = padded[index + radius] * kernel[radius];
    for (let tap = 0; tap < radius; tap++) {
      sum += (padded[index + tap] + padded[index + 2 * radius - tap]) * kernel[tap];
    }
    data[line + index * stride] = sum;
  }
}
