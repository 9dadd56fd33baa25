import type { Shape3 } from '@voxmim/core';

import { type AxisTaps, interpolateGrid } from './interpolate-grid.js';

/**
 * Resamples learned positions from one token grid to another, trilinearly with cell centers
 * aligned (PyTorch's `interpolate(mode='trilinear', align_corners=False)`, no antialiasing).
 *
 * @param values `[source tokens, channels]`, row-major over the grid
 * @returns `[target tokens, channels]`
 */
export function adaptPosition(
  values: Float32Array,
  source: Shape3,
  target: Shape3,
): Float32Array<ArrayBuffer> {
  return interpolateGrid(values, source, target, tapsOf);
}

function tapsOf(cell: number, source: number, target: number): AxisTaps {
  const position = Math.max(0, ((cell + 0.5) * source) / target - 0.5);
  const low = Math.min(Math.floor(position), source - 1);
  const high = Math.min(low + 1, source - 1);
  const weight = position - low;
  return [
    { index: low, weight: 1 - weight },
    { index: high, weight },
  ];
}
