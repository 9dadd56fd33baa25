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
  const voxels = channels === 1 ? data : data.filter((_, index) => index % channels === channel);
  const [depth, height, width] = shape;
  const [alongD, alongH, alongW] = sigmas.map(gaussianWeights);
  filterAcross(voxels, depth, height * width, alongD);
  filterAcross(voxels, height, width, alongH);
  filterRows(voxels, width, alongW);
  if (channels === 1) return;
  for (let voxel = 0; voxel < voxels.length; voxel++) {
    data[voxel * channels + channel] = voxels[voxel];
  }
}

/** Along an axis of `extent` whose elements are `stride` apart: whole rows of them are added up. */
function filterAcross(
  voxels: Float32Array,
  extent: number,
  stride: number,
  weights: Float64Array,
): void {
  if (weights.length === 1) return;
  const source = voxels.slice();
  for (let start = 0; start < voxels.length; start += extent * stride) {
    const rowAt = (index: number) => start + Math.min(Math.max(index, 0), extent - 1) * stride;
    for (let index = 0; index < extent; index++) {
      const placeOf = (distance: number) => rowAt(index + distance);
      addNeighbors(source, placeOf, weights, voxels, start + index * stride, stride);
    }
  }
}

/** Along the last axis: copies of a row, moved against it, are added up. */
function filterRows(voxels: Float32Array, width: number, weights: Float64Array): void {
  const radius = weights.length - 1;
  if (radius === 0) return;
  const padded = new Float32Array(width + 2 * radius);
  const placeOf = (distance: number) => radius + distance;
  for (let start = 0; start < voxels.length; start += width) {
    padded.fill(voxels[start], 0, radius);
    padded.set(voxels.subarray(start, start + width), radius);
    padded.fill(voxels[start + width - 1], radius + width);
    addNeighbors(padded, placeOf, weights, voxels, start, width);
  }
}

/**
 * Writes `length` weighted sums from `to` on. Two distances are taken in each sweep, so that sums are
 * loaded and stored half as often.
 *
 * @param placeOf where in `source` the elements of a distance begin
 */
function addNeighbors(
  source: Float32Array,
  placeOf: (distance: number) => number,
  weights: Float64Array,
  target: Float32Array,
  to: number,
  length: number,
): void {
  const center = placeOf(0);
  const [before, after] = [placeOf(-1), placeOf(1)];
  const [own, next] = weights;
  for (let i = 0; i < length; i++) {
    target[to + i] = source[center + i] * own + (source[before + i] + source[after + i]) * next;
  }
  for (let distance = 2; distance < weights.length; distance += 2) {
    const weight = weights[distance];
    const [low, high] = [placeOf(-distance), placeOf(distance)];
    const isLast = distance + 1 === weights.length;
    const further = isLast ? distance : distance + 1;
    const furtherWeight = isLast ? 0 : weights[further];
    const [lower, higher] = [placeOf(-further), placeOf(further)];
    for (let i = 0; i < length; i++) {
      target[to + i] +=
        (source[low + i] + source[high + i]) * weight +
        (source[lower + i] + source[higher + i]) * furtherWeight;
    }
  }
}
