import { mapAxes, type Shape3 } from '@voxmim/core';

import { type AxisTaps, interpolateGrid } from './interpolate-grid.js';

/**
 * Fits a table of relative position biases to windows of another size.
 *
 * Along an axis, the known offsets are taken to lie at 0, 1, 1 + q, 1 + q + q², … with the q that
 * brings the last one to the edge of the new window: near offsets keep their biases, far ones are
 * stretched. A smaller window keeps the biases of its own offsets exactly. What lies beyond the last
 * known offset takes its bias.
 *
 * Source: the geometric interpolation of SimMIM and BEiT, which is cubic in between; linear here.
 *
 * @param values `[(2 wd - 1)(2 wh - 1)(2 ww - 1), heads]` of windows `source`
 * @returns the same of windows `target`
 */
export function adaptRelativeBias(
  values: Float32Array,
  source: Shape3,
  target: Shape3,
): Float32Array<ArrayBuffer> {
  const offsets = (window: Shape3) => mapAxes(window, (extent) => 2 * extent - 1);
  return interpolateGrid(values, offsets(source), offsets(target), tapsOf);
}

function tapsOf(cell: number, source: number, target: number): AxisTaps {
  const [known, wanted] = [(source - 1) / 2, (target - 1) / 2];
  const offset = cell - wanted;
  const places = geometricPlaces(known, wanted);
  const next = places.findIndex((place) => place >= Math.abs(offset));
  const high = next < 0 ? known : next;
  const low = Math.max(0, high - 1);
  const [before = 0, after = 0] = [places[low], places[high]];
  const share = next < 0 || after === before ? 1 : (Math.abs(offset) - before) / (after - before);
  return [
    { index: known + Math.sign(offset) * low, weight: 1 - share },
    { index: known + Math.sign(offset) * high, weight: share },
  ];
}

/** Where offsets 0 … `count` lie, the last one at `end` if they must be stretched to reach it. */
function geometricPlaces(count: number, end: number): number[] {
  const placesFor = (ratio: number) => {
    const places = [0];
    for (let step = 0; step < count; step++) places.push((places[step] ?? 0) + ratio ** step);
    return places;
  };
  let [low, high] = [1, Math.max(1, end)];
  if (count < 2 || end <= count) return placesFor(1);
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if ((placesFor(middle)[count] ?? 0) < end) low = middle;
    else high = middle;
  }
  return placesFor(high);
}
