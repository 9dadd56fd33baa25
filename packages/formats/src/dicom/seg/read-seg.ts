import { type Affine, type Vector3, type Volume, VoxmimError } from '@voxmim/core';
import { dot } from '@voxmim/volumes';

import { findNumbers } from '../dicom-number.js';
import { type DataSet, parseDicom, PIXEL_DATA, soundly } from '../parse-dicom.js';
import { pixelCodingOf } from '../transfer-syntax.js';

/** Segmentation Storage, and Label Map Segmentation Storage. */
export const SEG_CLASSES: readonly string[] = [
  '1.2.840.10008.5.1.4.1.1.66.4',
  '1.2.840.10008.5.1.4.1.1.66.7',
];

/** A segmentation as a label map. */
export interface ReadSeg {
  /** On the smallest grid that holds its frames; the label is the number of the segment. */
  readonly volume: Volume<Uint8Array>;
  readonly segments: readonly { readonly label: number; readonly name: string }[];
}

/** Voxels beyond this are refused, whatever a header claims. */
const MOST_VOXELS = 2 ** 30;

/** Slices may lie off their even places by this share of the distance. */
const OFF = 0.1;

interface Frame {
  readonly index: number;
  /** Undefined in a label map, whose voxels are the numbers of segments. */
  readonly segment: number | undefined;
  readonly position: Vector3;
}

/**
 * Reads a DICOM Segmentation object. Slices that no segment touches are left out of such files, so the grid is
 * only as large as what is segmented: place it on the grid of the image before voxels are compared.
 *
 * @throws `INVALID_FILE` for what is no sound segmentation; `UNSUPPORTED_FILE` for compressed or fractional
 *   ones; `INVALID_DATA` for segments that share voxels, or lie on several grids
 */
export function readDicomSeg(bytes: Uint8Array, path: string): ReadSeg {
  const data = parseDicom(bytes, path, false);
  return soundly(path, () => {
    if (!SEG_CLASSES.includes(data.string('x00080016')?.trim() ?? '')) {
      throw invalid(path, 'it is no segmentation');
    }
    checkCoding(data, path);
    const frames = framesOf(data, path);
    const grid = gridOf(data, frames, path);
    const labels = new Uint8Array(grid.shape[0] * grid.shape[1] * grid.shape[2]);
    const area = grid.shape[1] * grid.shape[2];
    const voxels = voxelsOf(data, path, frames.length * area);
    for (const frame of frames) {
      const start = grid.sliceOf(frame) * area;
      for (let pixel = 0; pixel < area; pixel++) {
        const value = voxels(frame.index * area + pixel);
        if (value === 0) continue;
        const label = frame.segment ?? value;
        const there = labels[start + pixel];
        if (there !== 0 && there !== label) throw overlapping(path, there, label);
        labels[start + pixel] = label;
      }
    }
    const volume = { data: labels, shape: grid.shape, channels: 1, affine: grid.affine };
    return { volume, segments: segmentsOf(data) };
  });
}

function checkCoding(data: DataSet, path: string): void {
  const syntax = data.string('x00020010') ?? '1.2.840.10008.1.2';
  const coding = pixelCodingOf(syntax, path);
  if (coding !== 'raw') throw unsupported(path, 'is compressed');
  if (data.string('x00620001')?.trim() === 'FRACTIONAL') throw unsupported(path, 'is fractional');
}

function items(data: DataSet, tag: string): DataSet[] {
  if (!(tag in data.elements)) return [];
  return (data.elements[tag].items ?? []).flatMap(({ dataSet }) => dataSet ?? []);
}

function framesOf(data: DataSet, path: string): Frame[] {
  const isLabelMap = data.string('x00620001')?.trim() === 'LABELMAP';
  const frames = items(data, 'x52009230').map((group, index) => {
    const plane = items(group, 'x00209113').at(0);
    const identified = items(group, 'x0062000a').at(0);
    const segment = isLabelMap ? undefined : identified?.uint16('x0062000b');
    if (!isLabelMap && (segment === undefined || segment < 1 || segment > 255)) {
      throw invalid(path, `frame ${index + 1} has no segment from 1 to 255`);
    }
    const [x, y, z] = numbers(plane, 'x00200032', 3, path);
    return { index, segment, position: [x, y, z] as const };
  });
  if (frames.length === 0) throw invalid(path, 'its frames have no place in the world');
  return frames;
}

function numbers(
  data: DataSet | undefined,
  tag: string,
  count: number,
  path: string,
): readonly number[] {
  const found = data && findNumbers([data], tag);
  if (found && 'numbers' in found && found.numbers.length === count) return found.numbers;
  throw invalid(path, 'its frames have no place in the world');
}

/** The grid of frames, and the slice that each of them is. */
interface FrameGrid {
  readonly shape: readonly [number, number, number];
  readonly affine: Affine;
  readonly sliceOf: (frame: Frame) => number;
}

function gridOf(data: DataSet, frames: readonly Frame[], path: string): FrameGrid {
  const groups = [...items(data, 'x52009229'), ...items(data, 'x52009230').slice(0, 1)];
  const first = (tag: string) => groups.flatMap((group) => items(group, tag)).at(0);
  const [rx, ry, rz, cx, cy, cz] = numbers(first('x00209116'), 'x00200037', 6, path);
  const [right, down]: [Vector3, Vector3] = [
    [rx, ry, rz],
    [cx, cy, cz],
  ];
  const measures = first('x00289110');
  const [betweenRows, betweenColumns] = numbers(measures, 'x00280030', 2, path);
  const normal: Vector3 = [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
  const sorted = [...frames].sort((a, b) => dot(a.position, normal) - dot(b.position, normal));
  const [low, high] = [sorted[0].position, sorted[sorted.length - 1].position];
  const rise = dot(high, normal) - dot(low, normal);
  const distance = sliceDistance(measures, sorted, normal, path);
  const count = Math.round(rise / distance);
  const even = count === 0 ? distance : rise / count;
  const shape = [count + 1, data.uint16('x00280010') ?? 0, data.uint16('x00280011') ?? 0] as const;
  const voxels = shape[0] * shape[1] * shape[2];
  if (!(voxels > 0 && voxels <= MOST_VOXELS)) throw invalid(path, `it has ${voxels} voxels`);
  const step = axes((axis) =>
    count === 0 ? normal[axis] * even : (high[axis] - low[axis]) / count,
  );
  const row = (axis: 0 | 1 | 2, sign: number): Affine[number] => [
    sign * step[axis],
    sign * down[axis] * betweenRows,
    sign * right[axis] * betweenColumns,
    sign * low[axis],
  ];
  return {
    shape,
    affine: [row(0, -1), row(1, -1), row(2, 1)],
    sliceOf: ({ position }) => {
      const slice = (dot(position, normal) - dot(low, normal)) / even;
      const off = axes((axis) => position[axis] - low[axis] - step[axis] * slice);
      if (
        Math.abs(slice - Math.round(slice)) > OFF * (count + 1) ||
        Math.hypot(...off) > distance
      ) {
        throw onOtherGrid(path);
      }
      return Math.min(count, Math.round(slice));
    },
  };
}

function axes(of: (axis: 0 | 1 | 2) => number): Vector3 {
  return [of(0), of(1), of(2)];
}

/** What the file says, or the least distance between frames. */
function sliceDistance(
  measures: DataSet | undefined,
  sorted: readonly Frame[],
  normal: Vector3,
  path: string,
): number {
  const said = ['x00180088', 'x00180050'].flatMap((tag) => {
    const found = measures && findNumbers([measures], tag);
    return found && 'numbers' in found ? found.numbers.map(Math.abs) : [];
  });
  const heights = sorted.map(({ position }) => dot(position, normal));
  const gaps = heights.slice(1).map((height, index) => height - heights[index]);
  const least = gaps.filter((gap) => gap > 1e-3);
  const candidates = [...said.slice(0, 1), ...least].filter((size) => size > 0);
  const distance = Math.min(...candidates);
  if (Number.isFinite(distance)) return distance;
  throw invalid(path, 'nothing tells the distance of its slices');
}

/** How a voxel is read: bits run on through all frames. */
function voxelsOf(data: DataSet, path: string, count: number): (index: number) => number {
  const bits = data.uint16('x00280100') ?? 0;
  const { dataOffset, length } = data.elements[PIXEL_DATA] ?? { dataOffset: 0, length: 0 };
  if (bits !== 1 && bits !== 8) throw unsupported(path, `has ${bits} bits a voxel`);
  if (length < Math.ceil((count * bits) / 8)) throw invalid(path, 'its pixels are cut off');
  const bytes = data.byteArray.subarray(dataOffset, dataOffset + length);
  if (bits === 8) return (index) => bytes[index];
  return (index) => (bytes[index >> 3] >> (index & 7)) & 1;
}

function segmentsOf(data: DataSet): ReadSeg['segments'] {
  return items(data, 'x00620002').flatMap((segment) => {
    const label = segment.uint16('x00620004');
    const name = segment.string('x00620005')?.trim();
    return label === undefined ? [] : [{ label, name: name ?? `${label}` }];
  });
}

function invalid(path: string, what: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} is no sound DICOM segmentation: ${what}.`,
    'Copy or export the file again.',
    { path },
  );
}

function unsupported(path: string, what: string): VoxmimError<'UNSUPPORTED_FILE'> {
  return new VoxmimError(
    'UNSUPPORTED_FILE',
    `${path} is a DICOM segmentation that ${what}.`,
    'Write it as an uncompressed binary segmentation, or as NIfTI.',
    { path, feature: what },
  );
}

function overlapping(path: string, one: number, other: number): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${path}: the segments ${one} and ${other} share voxels, which one label map cannot say.`,
    'Write each into a file of its own.',
    { path, reason: 'segments overlap' },
  );
}

function onOtherGrid(path: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${path}: its frames do not lie on one even grid.`,
    'Write the segmentation on the grid of its images.',
    { path, reason: 'frames off the grid' },
  );
}
