import { mapAxes, type Vector3, type Volume } from '@voxmim/core';
import * as z from 'zod';

import { anatomicalAxes } from './picture/anatomy.js';
import { paintGray, type IntensityRange } from './picture/intensity.js';
import { labelLayer, maskLayer } from './picture/layer.js';
import { slicePlane, type Slice } from './picture/plane.js';
import { encodePng, type Color } from './picture/raster.js';
import { resizeSlice, scaleToFit } from './picture/resize.js';

/** Axial slices of one case to scroll through: pictures side by side, each of one or more layers. */
export const SliceStack = z
  .strictObject({
    /** What stands side by side. */
    columns: z.array(z.string()).readonly(),
    /** Millimeters: the shape of every picture. */
    width: z.number().positive(),
    height: z.number().positive(),
    /** Sides of the patient at the left and upper edge. */
    left: z.string(),
    top: z.string(),
    /** PNGs that layers point to, so that none is kept twice. */
    images: z.array(z.base64()).readonly(),
    /** Index of the slice to begin with. */
    start: z.int().nonnegative(),
    slices: z
      .array(
        z
          .strictObject({
            /** Such as `Slice 12 of 30`. */
            name: z.string(),
            /** One a column: indices of `images`, the lowest layer first. */
            layers: z.array(z.array(z.int().nonnegative()).readonly()).readonly(),
          })
          .readonly(),
      )
      .readonly(),
  })
  .readonly();
export type SliceStack = z.infer<typeof SliceStack>;

/** A layer of a picture, on the grid of the case. */
export type StackLayer =
  | { readonly kind: 'gray'; readonly volume: Volume; readonly range: IntensityRange }
  | { readonly kind: 'labels'; readonly volume: Volume; readonly outlined?: Volume }
  | { readonly kind: 'mask'; readonly volume: Volume; readonly color: Color };

/** A column of a {@link SliceStack}; a layer that several columns have is kept once. */
export interface StackColumn {
  readonly title: string;
  readonly layers: readonly StackLayer[];
}

/** Pixels of the longest edge: enough to see, few enough for a file that is sent by mail. */
const EDGE = { gray: 160, labels: 240 };

/**
 * Cuts axial slices from the feet up.
 *
 * @param most slices at most, evenly chosen
 * @param worth without it, every slice; with it, those where it is not 0 and their neighbors
 */
export function sliceStack(
  columns: readonly StackColumn[],
  { most, worth = [] }: { readonly most: number; readonly worth?: readonly Volume[] },
): SliceStack | null {
  const volume = columns[0]?.layers[0]?.volume;
  if (!volume) return null;
  const { axis, ascending } = anatomicalAxes(volume.affine)[2];
  const length = volume.shape[axis];
  const counts = countsOf(worth, axis, length);
  const chosen = evenly(slicesWorth(counts), most);
  const upwards = ascending ? chosen : [...chosen].reverse();
  const images: string[] = [];
  const slices = upwards.map((index) => {
    const at = mapAxes([0, 1, 2], (each) => (each === axis ? index : 0));
    const drawn = new Map<StackLayer, number>();
    const indexOf = (layer: StackLayer) => {
      const known = drawn.get(layer) ?? images.push(drawLayer(layer, at)) - 1;
      drawn.set(layer, known);
      return known;
    };
    return {
      name: `Slice ${ascending ? index + 1 : length - index} of ${length}`,
      layers: columns.map(({ layers }) => layers.map(indexOf)),
    };
  });
  const { width, height, spacing, edges } = slicePlane(volume, 'axial', [0, 0, 0]);
  return {
    columns: columns.map(({ title }) => title),
    ...{ width: width * spacing[1], height: height * spacing[0] },
    ...{ left: edges.left, top: edges.top, images, slices },
    start: fullest(upwards.map((index) => counts[index] ?? 0)),
  };
}

function drawLayer(layer: StackLayer, at: Vector3): string {
  const cut = (volume: Volume) => slicePlane(volume, 'axial', at);
  const fine = (volume: Volume) => scaled(cut(volume), EDGE.labels, 'nearest');
  switch (layer.kind) {
    case 'gray':
      return base64(
        encodePng(paintGray(scaled(cut(layer.volume), EDGE.gray, 'linear'), layer.range)),
      );
    case 'labels':
      return base64(labelLayer(fine(layer.volume), layer.outlined && fine(layer.outlined)));
    case 'mask':
      return base64(maskLayer(fine(layer.volume), layer.color));
  }
}

/** Intensities are not enlarged, which the reader's screen does as well; labels are, for thin outlines. */
function scaled(slice: Slice, edge: number, fill: 'nearest' | 'linear'): Slice {
  const fit = scaleToFit([slice], edge);
  const own = 1 / Math.min(...slice.spacing);
  return resizeSlice(slice, fill === 'linear' ? Math.min(fit, own) : fit, fill);
}

/** Voxels that are not 0, by slice across `axis`. */
function countsOf(volumes: readonly Volume[], axis: number, length: number): Uint32Array {
  const counts = new Uint32Array(length);
  for (const { data, shape, channels } of volumes) {
    const [, height, width] = shape;
    const stride = ([height * width, width, 1][axis] ?? 1) * channels;
    data.forEach((value: number, voxel: number) => {
      const slice = Math.floor(voxel / stride) % length;
      if (value !== 0) counts[slice] = (counts[slice] ?? 0) + 1;
    });
  }
  return counts;
}

/** Slices from the first to the last that counts anything, with one more at each end; else all. */
function slicesWorth(counts: Uint32Array): number[] {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.reduce((found, count, index) => (count > 0 ? index : found), first);
  const [from, to] =
    first < 0
      ? [0, counts.length - 1]
      : [Math.max(0, first - 1), Math.min(counts.length - 1, last + 1)];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Where most is counted; the middle where nothing is. */
function fullest(counts: readonly number[]): number {
  const most = Math.max(...counts);
  return most === 0 ? Math.floor(counts.length / 2) : counts.indexOf(most);
}

function evenly(indices: readonly number[], most: number): number[] {
  if (indices.length <= most) return [...indices];
  const step = (indices.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => indices[Math.round(index * step)] ?? 0);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
