import type { Affine, Volume } from '@voxmim/core';

import { allocateLike } from '../../geometry/allocate.js';
import type { Sample } from '../sample.js';
import type { Displacement } from './elastic.js';

/**
 * Takes each voxel from `toSource` of its index, moved by `displacement`: images by linear
 * interpolation, labels from the nearest voxel. Beyond the border the border's value stands.
 */
export function warp(
  { image, labels }: Sample,
  toSource: Affine,
  displacement: Displacement | undefined,
): Sample {
  const [depth, height, width] = image.shape;
  const warpedImage = { ...image, data: new Float32Array(image.data.length) };
  const warpedLabels = labels && { ...labels, data: allocateLike(labels.data, labels.data.length) };
  const places = new Float64Array(width * 3);
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      placeRow(places, toSource, d, h);
      displacement?.addTo(places, d, h);
      const row = (d * height + h) * width;
      sampleLinear(image, places, warpedImage.data, row * image.channels);
      if (labels && warpedLabels)
        sampleNearest(labels, places, warpedLabels.data, row * labels.channels);
    }
  }
  return { image: warpedImage, ...(warpedLabels && { labels: warpedLabels }) };
}

/** Source places `[width, axis]` of one row. */
function placeRow(places: Float64Array, toSource: Affine, d: number, h: number): void {
  for (let axis = 0; axis < 3; axis++) {
    const [alongD, alongH, alongW, offset] = toSource[axis];
    const start = alongD * d + alongH * h + offset;
    for (let at = axis, w = 0; at < places.length; at += 3, w++) places[at] = start + alongW * w;
  }
}

function sampleLinear(
  { data, shape, channels }: Volume<Float32Array>,
  places: Float64Array,
  target: Float32Array,
  offset: number,
): void {
  const [lastD, lastH, lastW] = [shape[0] - 1, shape[1] - 1, shape[2] - 1];
  const [strideD, strideH] = [shape[1] * shape[2] * channels, shape[2] * channels];
  for (let at = 0; at < places.length; at += 3) {
    const d = clamped(places[at], lastD);
    const h = clamped(places[at + 1], lastH);
    const w = clamped(places[at + 2], lastW);
    // The upper neighbor of the last voxel is itself, with weight 0.
    const [d0, h0, w0] = [d | 0, h | 0, w | 0];
    const [fd, fh, fw] = [d - d0, h - h0, w - w0];
    const toD = d0 < lastD ? strideD : 0;
    const toH = h0 < lastH ? strideH : 0;
    const toW = w0 < lastW ? channels : 0;
    const base = d0 * strideD + h0 * strideH + w0 * channels;
    for (let c = 0; c < channels; c++) {
      const near = base + c;
      const far = near + toD;
      const a = data[near] + (data[near + toW] - data[near]) * fw;
      const b = data[near + toH] + (data[near + toH + toW] - data[near + toH]) * fw;
      const e = data[far] + (data[far + toW] - data[far]) * fw;
      const f = data[far + toH] + (data[far + toH + toW] - data[far + toH]) * fw;
      const front = a + (b - a) * fh;
      const back = e + (f - e) * fh;
      target[offset++] = front + (back - front) * fd;
    }
  }
}

function sampleNearest(
  { data, shape, channels }: Volume<Uint8Array>,
  places: Float64Array,
  target: Uint8Array,
  offset: number,
): void {
  const [depth, height, width] = shape;
  for (let at = 0; at < places.length; at += 3) {
    const d = (clamped(places[at], depth - 1) + 0.5) | 0;
    const h = (clamped(places[at + 1], height - 1) + 0.5) | 0;
    const w = (clamped(places[at + 2], width - 1) + 0.5) | 0;
    const base = ((d * height + h) * width + w) * channels;
    for (let c = 0; c < channels; c++) target[offset++] = data[base + c];
  }
}

function clamped(place: number, last: number): number {
  return place > 0 ? (place < last ? place : last) : 0;
}
