import { mapAxes, type Random, type Vector3, type Volume } from '@voxmim/core';
import * as z from 'zod';

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
  const [alongD, alongH, alongW] = sigmas.map((sigma) => padded(gaussianWeights(sigma)));
  filterAcross(voxels, depth, height * width, alongD);
  filterAcross(voxels, height, width, alongH);
  filterRows(voxels, width, alongW);
  if (channels === 1) return;
  for (let voxel = 0; voxel < voxels.length; voxel++) {
    data[voxel * channels + channel] = voxels[voxel];
  }
}

/** Distances that are taken in one sweep: all of them, up to a deviation of one voxel. */
const SWEEP = 4;

/** Weights of whole sweeps: those that there are not are 0. */
function padded(weights: Float64Array): Float64Array {
  const sweeps = Math.ceil((weights.length - 1) / SWEEP);
  const whole = new Float64Array(1 + sweeps * SWEEP);
  whole.set(weights);
  return whole;
}

/** Along an axis of `extent` whose elements are `stride` apart: whole rows of them are added up. */
function filterAcross(
  voxels: Float32Array,
  extent: number,
  stride: number,
  weights: Float64Array,
): void {
  const reach = weights.length - 1;
  if (reach === 0) return;
  const source = voxels.slice();
  const places = new Int32Array(2 * reach + 1);
  for (let start = 0; start < voxels.length; start += extent * stride) {
    for (let index = 0; index < extent; index++) {
      for (let at = 0; at < places.length; at++) {
        const neighbor = Math.min(Math.max(index + at - reach, 0), extent - 1);
        places[at] = start + neighbor * stride;
      }
      addNeighbors(source, places, weights, voxels, start + index * stride, stride);
    }
  }
}

/** Along the last axis: copies of a row, moved against it, are added up. */
function filterRows(voxels: Float32Array, width: number, weights: Float64Array): void {
  const reach = weights.length - 1;
  if (reach === 0) return;
  const row = new Float32Array(width + 2 * reach);
  const places = Int32Array.from({ length: 2 * reach + 1 }, (_, at) => at);
  for (let start = 0; start < voxels.length; start += width) {
    row.fill(voxels[start], 0, reach);
    row.set(voxels.subarray(start, start + width), reach);
    row.fill(voxels[start + width - 1], reach + width);
    addNeighbors(row, places, weights, voxels, start, width);
  }
}

/**
 * Writes `length` weighted sums from `to` on.
 *
 * @param places where in `source` the elements of each distance begin, from the furthest before on
 */
function addNeighbors(
  source: Float32Array,
  places: Int32Array,
  weights: Float64Array,
  target: Float32Array,
  to: number,
  length: number,
): void {
  const reach = weights.length - 1;
  for (let a = 1; a <= reach; a += SWEEP) {
    const [b, c, d] = [a + 1, a + 2, a + 3];
    const [weightA, weightB, weightC, weightD] = [weights[a], weights[b], weights[c], weights[d]];
    const [lowA, highA] = [places[reach - a], places[reach + a]];
    const [lowB, highB] = [places[reach - b], places[reach + b]];
    const [lowC, highC] = [places[reach - c], places[reach + c]];
    const [lowD, highD] = [places[reach - d], places[reach + d]];
    // The first sweep begins with the element itself, the others with the sum so far.
    const start = a === 1 ? source : target;
    const from = a === 1 ? places[reach] : to;
    const own = a === 1 ? weights[0] : 1;
    for (let i = 0; i < length; i++) {
      target[to + i] =
        start[from + i] * own +
        (source[lowA + i] + source[highA + i]) * weightA +
        (source[lowB + i] + source[highB + i]) * weightB +
        (source[lowC + i] + source[highC + i]) * weightC +
        (source[lowD + i] + source[highD + i]) * weightD;
    }
  }
}
