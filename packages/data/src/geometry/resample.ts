import {
  type Affine,
  composeAffines,
  invertAffine,
  type Shape3,
  type Spacing3,
  spacingOf,
  type Vector3,
  type Volume,
  volumeOf,
  type VoxelArray,
  zipAxes,
} from '@voxmim/core';

import { allocateLike } from './allocate.js';
import { fillCubic } from './cubic.js';

/**
 * How values between voxels are found. Labels take `nearest`; `cubic` is a B-spline through the voxels,
 * which may overshoot their range.
 */
export type Interpolation = 'nearest' | 'linear' | 'cubic';

/** A grid of voxels in the world, without values. */
export interface Grid {
  readonly shape: Shape3;
  readonly affine: Affine;
}

/**
 * Which grid a new spacing gives. `monai` keeps the centers of the corner voxels: 64 slices at 3 mm
 * become 190 at 1 mm. `nnunet` keeps the outer faces: they become 192, and every center moves.
 */
export type SizeConvention = 'monai' | 'nnunet';

/**
 * The grid of the same extent and directions with another spacing.
 *
 * Source: MONAI `Spacing` (`scale_extent=False`) and nnU-Net's `compute_new_shape`.
 */
export function gridWithSpacing(
  { shape, affine }: Grid,
  spacing: Spacing3,
  convention: SizeConvention = 'monai',
): Grid {
  const scale = zipAxes(spacing, spacingOf(affine), (wanted, current) => wanted / current);
  if (convention === 'monai') {
    // The one is added before rounding: a half goes to the even size, as in MONAI.
    const resized = zipAxes(shape, scale, (extent, factor) =>
      roundHalfEven((extent - 1) / factor + 1),
    );
    return { shape: resized, affine: composeAffines(affine, scaling(scale, [0, 0, 0])) };
  }
  const resized = zipAxes(shape, scale, (extent, factor) =>
    Math.max(1, roundHalfEven(extent / factor)),
  );
  const exact = zipAxes(shape, resized, (before, after) => before / after);
  const shift = zipAxes(exact, exact, (factor) => (factor - 1) / 2);
  return { shape: resized, affine: composeAffines(affine, scaling(exact, shift)) };
}

/**
 * Values of `volume` on another grid. Between voxels they are interpolated; up to half a voxel
 * beyond the border the nearest voxel counts, further out `outside`. Integer voxels are rounded.
 *
 * Cost: proportional to the target; grids with parallel axes take a separable path.
 *
 * @throws `INVALID_DATA` when the volume's affine cannot be inverted
 */
export function resample<Voxels extends VoxelArray>(
  volume: Volume<Voxels>,
  target: Grid,
  interpolation: Interpolation,
  outside: number | 'border' = 'border',
): Volume<Voxels> {
  const toSource = composeAffines(invertAffine(volume.affine), target.affine);
  const data = allocateLike(volume.data, volumeOf(target.shape) * volume.channels);
  const isExact = interpolation === 'nearest' || data instanceof Float32Array;
  const values = isExact ? data : new Float64Array(data.length);
  fill(volume, target.shape, toSource, interpolation, values, outside);
  if (!isExact) copyRounded(values, data);
  return { data, shape: target.shape, channels: volume.channels, affine: target.affine };
}

function fill(
  volume: Volume,
  shape: Shape3,
  toSource: Affine,
  interpolation: Interpolation,
  values: VoxelArray,
  outside: number | 'border',
): void {
  if (interpolation === 'cubic') {
    fillCubic(volume, shape, toSource, values, outside);
    return;
  }
  const isBorder = outside === 'border';
  const axes = separableAxes(toSource, volume.shape, shape, interpolation, isBorder);
  if (axes) fillSeparable(volume, shape, axes, values, outside);
  else fillOblique(volume, shape, toSource, interpolation, values, outside);
}

/** Typed integer arrays cut off fractions and wrap around; values round and stop at the ends instead. */
function copyRounded(values: VoxelArray, target: VoxelArray): void {
  if (target instanceof Float64Array) {
    target.set(values);
    return;
  }
  const bits = target.BYTES_PER_ELEMENT * 8;
  const isSigned =
    target instanceof Int8Array || target instanceof Int16Array || target instanceof Int32Array;
  const low = isSigned ? -(2 ** (bits - 1)) : 0;
  const high = 2 ** (isSigned ? bits - 1 : bits) - 1;
  for (let index = 0; index < values.length; index++) {
    const value = Math.round(values[index]);
    target[index] = value < low ? low : value > high ? high : value;
  }
}

/** Per target index along one axis: two neighbours, and the weight of the upper one. */
interface AxisTable {
  /** The array axis of the source that this target axis runs along. */
  readonly axis: 0 | 1 | 2;
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  readonly weight: Float32Array;
  /** 1 where the target lies within the source. */
  readonly inside: Uint8Array;
}

type AxisTables = readonly [AxisTable, AxisTable, AxisTable];

/** One table per target axis, where each runs along exactly one axis of the source. */
function separableAxes(
  toSource: Affine,
  source: Shape3,
  target: Shape3,
  interpolation: Interpolation,
  isBorder: boolean,
): AxisTables | undefined {
  const table = (targetAxis: 0 | 1 | 2): AxisTable | undefined => {
    const size = (axis: 0 | 1 | 2) => Math.abs(toSource[axis][targetAxis]);
    const largest = Math.max(size(0), size(1), size(2));
    const along = ([0, 1, 2] as const).filter((axis) => size(axis) > 1e-6 * largest);
    const axis = along.at(0);
    if (along.length !== 1 || axis === undefined) return undefined;
    const line = {
      step: toSource[axis][targetAxis],
      start: toSource[axis][3],
      count: target[targetAxis],
    };
    return axisTable(axis, source[axis], line, interpolation, isBorder);
  };
  const [depth, height, width] = [table(0), table(1), table(2)];
  if (!depth || !height || !width) return undefined;
  const isPermutation = new Set([depth.axis, height.axis, width.axis]).size === 3;
  return isPermutation ? [depth, height, width] : undefined;
}

function axisTable(
  axis: 0 | 1 | 2,
  extent: number,
  { step, start, count }: { step: number; start: number; count: number },
  interpolation: Interpolation,
  isBorder: boolean,
): AxisTable {
  const lower = new Int32Array(count);
  const upper = new Int32Array(count);
  const weight = new Float32Array(count);
  const inside = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const position = start + index * step;
    inside[index] = isBorder || isWithin(position, extent) ? 1 : 0;
    const clamped = Math.min(Math.max(position, 0), extent - 1);
    const base = interpolation === 'nearest' ? Math.floor(clamped + 0.5) : Math.floor(clamped);
    lower[index] = base;
    upper[index] = Math.min(base + 1, extent - 1);
    weight[index] = interpolation === 'nearest' ? 0 : clamped - base;
  }
  return { axis, lower, upper, weight, inside };
}

/** Within half a voxel of the grid, with room for the rounding of two affines. */
function isWithin(position: number, extent: number): boolean {
  return position >= -0.5 - 1e-4 && position <= extent - 0.5 + 1e-4;
}

function fillSeparable(
  { data, shape, channels }: Volume,
  [depth, height, width]: Shape3,
  [dTable, hTable, wTable]: AxisTables,
  result: VoxelArray,
  outside: number | 'border',
): void {
  const strides: Shape3 = [shape[1] * shape[2] * channels, shape[2] * channels, channels];
  const fill = outside === 'border' ? 0 : outside;
  const [sd, sh, sw] = [strides[dTable.axis], strides[hTable.axis], strides[wTable.axis]];
  let target = 0;
  for (let d = 0; d < depth; d++) {
    const [d0, d1, fd] = [dTable.lower[d] * sd, dTable.upper[d] * sd, dTable.weight[d]];
    for (let h = 0; h < height; h++) {
      const isRowInside = dTable.inside[d] && hTable.inside[h];
      const [h0, h1, fh] = [hTable.lower[h] * sh, hTable.upper[h] * sh, hTable.weight[h]];
      const [row00, row01, row10, row11] = [d0 + h0, d0 + h1, d1 + h0, d1 + h1];
      for (let w = 0; w < width; w++) {
        const [w0, w1, fw] = [wTable.lower[w] * sw, wTable.upper[w] * sw, wTable.weight[w]];
        for (let c = 0; c < channels; c++) {
          if (!isRowInside || !wTable.inside[w]) {
            result[target++] = fill;
            continue;
          }
          const near = mix(
            mix(data[row00 + w0 + c], data[row00 + w1 + c], fw),
            mix(data[row01 + w0 + c], data[row01 + w1 + c], fw),
            fh,
          );
          if (fd === 0) result[target++] = near;
          else {
            const far = mix(
              mix(data[row10 + w0 + c], data[row10 + w1 + c], fw),
              mix(data[row11 + w0 + c], data[row11 + w1 + c], fw),
              fh,
            );
            result[target++] = mix(near, far, fd);
          }
        }
      }
    }
  }
}

function fillOblique(
  volume: Volume,
  [depth, height, width]: Shape3,
  [rowD, rowH, rowW]: Affine,
  interpolation: Interpolation,
  result: VoxelArray,
  outside: number | 'border',
): void {
  let target = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      let z = rowD[0] * d + rowD[1] * h + rowD[3];
      let y = rowH[0] * d + rowH[1] * h + rowH[3];
      let x = rowW[0] * d + rowW[1] * h + rowW[3];
      for (let w = 0; w < width; w++) {
        for (let c = 0; c < volume.channels; c++) {
          result[target++] = valueAt(volume, [z, y, x], c, interpolation, outside);
        }
        z += rowD[2];
        y += rowH[2];
        x += rowW[2];
      }
    }
  }
}

function valueAt(
  { data, shape, channels }: Volume,
  [z, y, x]: Vector3,
  channel: number,
  interpolation: Interpolation,
  outside: number | 'border',
): number {
  const [depth, height, width] = shape;
  const isInside = isWithin(z, depth) && isWithin(y, height) && isWithin(x, width);
  if (outside !== 'border' && !isInside) return outside;
  const at = (d: number, h: number, w: number) =>
    data[((d * height + h) * width + w) * channels + channel];
  const clamp = (position: number, extent: number) => Math.min(Math.max(position, 0), extent - 1);
  const [cz, cy, cx] = [clamp(z, depth), clamp(y, height), clamp(x, width)];
  if (interpolation === 'nearest') {
    return at(Math.floor(cz + 0.5), Math.floor(cy + 0.5), Math.floor(cx + 0.5));
  }
  const [d0, h0, w0] = [Math.floor(cz), Math.floor(cy), Math.floor(cx)];
  const [d1, h1, w1] = [clamp(d0 + 1, depth), clamp(h0 + 1, height), clamp(w0 + 1, width)];
  const [fd, fh, fw] = [cz - d0, cy - h0, cx - w0];
  const plane = (d: number) =>
    mix(mix(at(d, h0, w0), at(d, h0, w1), fw), mix(at(d, h1, w0), at(d, h1, w1), fw), fh);
  return mix(plane(d0), plane(d1), fd);
}

const mix = (low: number, high: number, weight: number): number => low + (high - low) * weight;

function scaling(scale: Vector3, shift: Vector3): Affine {
  return [
    [scale[0], 0, 0, shift[0]],
    [0, scale[1], 0, shift[1]],
    [0, 0, scale[2], shift[2]],
  ];
}

/** numpy's and Python's rounding: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const isHalf = Math.abs(value - floor - 0.5) < 1e-9;
  return isHalf ? floor + (floor % 2) : Math.round(value);
}
