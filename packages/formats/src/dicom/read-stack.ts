import { type Affine, type Volume, type VoxelArray, VoxmimError } from '@voxmim/core';

import { gridFault } from '@voxmim/volumes';
import { decodeFrame } from './decode-slice.js';
import type { DicomSlice } from './dicom-slice.js';
import { type DataSet, parseDicom } from './parse-dicom.js';
import type { SliceStack } from './stack-geometry.js';

/**
 * Decodes the slices of a stack into one volume, rescaled to the units of the series. Whole-numbered
 * values stay integers; otherwise they become float32. One file is held at a time.
 *
 * @throws `INVALID_FILE` for a grid that spans no space, and for pixels that cannot be decoded
 */
export async function readStack({ slices, affine, places }: SliceStack): Promise<Volume> {
  checkGrid(slices[0], affine);
  const { rows, columns } = slices[0].image;
  const area = rows * columns;
  const stacked = allocate(slices, area);
  let open: { path: string; data: DataSet } | undefined;
  for (const [index, slice] of slices.entries()) {
    const { source } = slice.image;
    if (open?.path !== source.path) {
      open = { path: source.path, data: parseDicom(await source.bytes(), source.path, false) };
    }
    const values = await decodeFrame(open.data, slice.image, slice.frame);
    const start = index * area;
    for (let pixel = 0; pixel < area; pixel++) {
      stacked[start + pixel] = values[pixel] * slice.slope + slice.intercept;
    }
  }
  const isEven = places.every((place, index) => Math.abs(place - index) < 0.02);
  const data = isEven ? narrowed(stacked) : interpolated(stacked, places, area);
  return { data, shape: [data.length / area, rows, columns], channels: 1, affine };
}

function checkGrid({ image: { source } }: DicomSlice, affine: Affine): void {
  const fault = gridFault(affine);
  if (fault === undefined) return;
  throw new VoxmimError(
    'INVALID_FILE',
    `${source.path} begins a series whose affine ${fault}.`,
    'Export the series again.',
    { path: source.path },
  );
}

/** The smallest array that holds every value that these slices can have. */
function allocate(slices: readonly DicomSlice[], area: number): VoxelArray {
  const length = slices.length * area;
  const isWhole = slices.every(
    ({ slope, intercept }) => Number.isInteger(slope) && Number.isInteger(intercept),
  );
  if (!isWhole) return new Float32Array(length);
  const ends = slices.flatMap(({ image: { bitsStored, isSigned }, slope, intercept }) => {
    const [low, high] = isSigned
      ? [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1]
      : [0, 2 ** bitsStored - 1];
    return [low * slope + intercept, high * slope + intercept];
  });
  const fits = (low: number, high: number) => ends.every((end) => end >= low && end <= high);
  if (fits(0, 255)) return new Uint8Array(length);
  if (fits(-32_768, 32_767)) return new Int16Array(length);
  if (fits(-(2 ** 31), 2 ** 31 - 1)) return new Int32Array(length);
  return new Float32Array(length);
}

/** 16-bit scanners rarely use all their bits, so half the memory does where the values allow. */
function narrowed(values: VoxelArray): VoxelArray {
  if (!(values instanceof Int32Array)) return values;
  const isSmall = values.every((value) => value >= -32_768 && value <= 32_767);
  return isSmall ? Int16Array.from(values) : values;
}

/** The last slice counts a little further up, so that none is lost to rounded positions; in slice distances. */
const REACH = 0.1;

/** Slices at even places, each between its two neighbours. */
function interpolated(stacked: VoxelArray, places: readonly number[], area: number): Float32Array {
  const count = Math.floor(places[places.length - 1] + REACH) + 1;
  const even = new Float32Array(count * area);
  let upper = 1;
  for (let slice = 0; slice < count; slice++) {
    while (upper < places.length - 1 && places[upper] < slice) upper += 1;
    const between = (slice - places[upper - 1]) / (places[upper] - places[upper - 1]);
    const weight = Math.min(between, 1);
    const [low, high] = [(upper - 1) * area, upper * area];
    for (let pixel = 0; pixel < area; pixel++) {
      const before = stacked[low + pixel];
      even[slice * area + pixel] = before + (stacked[high + pixel] - before) * weight;
    }
  }
  return even;
}
