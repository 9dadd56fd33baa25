import { type Affine, type Shape3, VoxmimError } from '@voxmim/core';
import { isNIFTI1, isNIFTI2, type NIFTI1, NIFTI2, readHeader } from 'nifti-reader-js';

import { datatypeOf, type NiftiDatatype } from './datatype.js';

/** What the voxels of a NIfTI file mean and where they are. */
export interface NiftiHeader {
  /** Voxels per axis, `[depth, height, width]`. */
  readonly shape: Shape3;
  /** Product of the dimensions beyond the third. */
  readonly channels: number;
  /** Array index `[d, h, w]` to RAS+ millimetres. */
  readonly affine: Affine;
  readonly datatype: NiftiDatatype;
  readonly littleEndian: boolean;
  /** Bytes of the header itself: 348, or 540 in NIfTI-2. */
  readonly headerBytes: number;
  /** Bytes before the first voxel. */
  readonly voxelOffset: number;
  /** Bytes of all voxels. */
  readonly voxelBytes: number;
  readonly slope: number;
  readonly intercept: number;
  /** Whether the voxels are in a second file (`.hdr` and `.img`). */
  readonly isPair: boolean;
}

/** Enough bytes for the header of either version. */
export const NIFTI_HEADER_BYTES = 544;

/** Volumes above this are refused before anything is allocated. */
const MAX_VOXEL_BYTES = 2 ** 33;

/** Extensions above this are refused. */
const MAX_VOXEL_OFFSET = 2 ** 26;

type RawHeader = NIFTI1 | NIFTI2;

/**
 * Reads a header. Which affine counts is decided as nibabel does: sform, else qform, else the
 * voxel sizes around the center of the volume.
 *
 * @param bytes the first {@link NIFTI_HEADER_BYTES} of the file, or all of a shorter one
 * @param origin named in errors: the path
 * @throws `INVALID_FILE`, `UNSUPPORTED_FILE`
 */
export function readNiftiHeader(bytes: Uint8Array, origin: string): NiftiHeader {
  const raw = parseRaw(bytes, origin);
  const dims = dimensionsOf(raw, origin);
  const [width, height, depth] = dims.space;
  const datatype = datatypeOf(raw.datatypeCode, origin);
  const voxelBytes = width * height * depth * dims.channels * datatype.ArrayClass.BYTES_PER_ELEMENT;
  if (voxelBytes > MAX_VOXEL_BYTES) {
    throw invalid(
      origin,
      40,
      `promises ${voxelBytes} bytes of voxels, more than ${MAX_VOXEL_BYTES}`,
    );
  }
  const isPair = raw.magic.startsWith('ni');
  const headerBytes = raw instanceof NIFTI2 ? 540 : 348;
  return {
    shape: [depth, height, width],
    channels: dims.channels,
    affine: affineOfHeader(raw, bytes, [width, height, depth], origin),
    datatype,
    littleEndian: raw.littleEndian,
    headerBytes,
    voxelOffset: voxelOffsetOf(raw, isPair ? 0 : headerBytes + 4, origin),
    voxelBytes,
    ...scalingOf(raw),
    isPair,
  };
}

function parseRaw(bytes: Uint8Array, origin: string): RawHeader {
  const size = sizeOfHeader(bytes);
  if (size === undefined) {
    const problem = bytes.length < 4 ? 'ends within the header' : 'is not a NIfTI file';
    throw invalid(origin, 0, problem);
  }
  if (bytes.length < size) throw invalid(origin, bytes.length, 'ends within the header');
  // Only the header's own bytes: the library would follow extension sizes that may lie.
  const head = bytes.slice(0, size).buffer;
  if (isNIFTI1(head, true) || isNIFTI2(head, true)) return readHeader(head, true);
  if (size === 540) throw invalid(origin, 4, 'is not a NIfTI file');
  throw new VoxmimError(
    'UNSUPPORTED_FILE',
    `${origin} is an Analyze 7.5 file, which does not say where left and right are.`,
    'Convert it to NIfTI with a tool that knows how it was made.',
    { path: origin, feature: 'Analyze 7.5' },
  );
}

/** Both kinds of header begin with their size; undefined for what is no header. */
function sizeOfHeader(bytes: Uint8Array): 348 | 540 | undefined {
  if (bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = [view.getInt32(0, true), view.getInt32(0, false)];
  if (sizes.includes(348)) return 348;
  return sizes.includes(540) ? 540 : undefined;
}

function voxelOffsetOf({ vox_offset }: RawHeader, least: number, origin: string): number {
  const offset = Math.round(vox_offset);
  if (offset === 0) return least; // some writers leave it out
  if (offset >= least && offset <= MAX_VOXEL_OFFSET) return offset;
  throw invalid(origin, 108, `puts its voxels at byte ${vox_offset}`);
}

function dimensionsOf(
  { dims }: RawHeader,
  origin: string,
): { space: [number, number, number]; channels: number } {
  const [rank = 0, ...extents] = dims.map(Number);
  const used = extents.slice(0, rank);
  const isSound = used.every((extent) => Number.isInteger(extent) && extent >= 1);
  if (!isSound || rank < 2 || rank > 7) {
    throw invalid(origin, 40, `has the dimensions [${dims.join(', ')}]`);
  }
  const [width = 1, height = 1, depth = 1, ...rest] = used;
  return { space: [width, height, depth], channels: rest.reduce((left, right) => left * right, 1) };
}

function scalingOf({ scl_slope, scl_inter }: RawHeader): { slope: number; intercept: number } {
  const isUsable = Number.isFinite(scl_slope) && scl_slope !== 0 && Number.isFinite(scl_inter);
  return isUsable ? { slope: scl_slope, intercept: scl_inter } : { slope: 1, intercept: 0 };
}

function affineOfHeader(
  raw: RawHeader,
  bytes: Uint8Array,
  extents: readonly [number, number, number],
  origin: string,
): Affine {
  const rows =
    raw.sform_code > 0
      ? sformRows(raw, bytes)
      : raw.qform_code > 0
        ? qformRows(raw)
        : baseRows(raw, extents);
  const scale = millimetresPerUnit(raw.xyzt_units);
  const row = ([x, y, z, t]: Row): Row => [z * scale, y * scale, x * scale, t * scale];
  const affine: Affine = [row(rows[0]), row(rows[1]), row(rows[2])];
  if (!affine.flat().every(Number.isFinite))
    throw invalid(origin, 280, 'has an affine that is not finite');
  return affine;
}

type Row = [number, number, number, number];

function sformRows(raw: RawHeader, bytes: Uint8Array): [Row, Row, Row] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isSecond = raw instanceof NIFTI2;
  const read = (index: number): number =>
    isSecond
      ? view.getFloat64(400 + index * 8, raw.littleEndian)
      : view.getFloat32(280 + index * 4, raw.littleEndian);
  const row = (start: number): Row => [
    read(start),
    read(start + 1),
    read(start + 2),
    read(start + 3),
  ];
  return [row(0), row(4), row(8)];
}

function qformRows(raw: RawHeader): [Row, Row, Row] {
  const { quatern_b: b, quatern_c: c, quatern_d: d, pixDims } = raw;
  const [handedness, dx, dy, dz] = [pixDims[0], ...voxelSizes(raw)];
  const a = Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d)));
  const signed = handedness < 0 ? -dz : dz;
  return [
    [
      (a * a + b * b - c * c - d * d) * dx,
      2 * (b * c - a * d) * dy,
      2 * (b * d + a * c) * signed,
      raw.qoffset_x,
    ],
    [
      2 * (b * c + a * d) * dx,
      (a * a + c * c - b * b - d * d) * dy,
      2 * (c * d - a * b) * signed,
      raw.qoffset_y,
    ],
    [
      2 * (b * d - a * c) * dx,
      2 * (c * d + a * b) * dy,
      (a * a + d * d - b * b - c * c) * signed,
      raw.qoffset_z,
    ],
  ];
}

/** nibabel's fallback: voxel sizes, x to the left, the origin at the center of the volume. */
function baseRows(raw: RawHeader, extents: readonly [number, number, number]): [Row, Row, Row] {
  const [dx, dy, dz] = voxelSizes(raw);
  const center = (axis: 0 | 1 | 2, size: number) => (-(extents[axis] - 1) / 2) * size;
  return [
    [-dx, 0, 0, -center(0, dx)],
    [0, dy, 0, center(1, dy)],
    [0, 0, dz, center(2, dz)],
  ];
}

/** As nibabel mends them: without signs, and one where there is none. */
function voxelSizes({ pixDims }: RawHeader): [number, number, number] {
  const size = (axis: 1 | 2 | 3) => Math.abs(pixDims[axis]) || 1;
  return [size(1), size(2), size(3)];
}

function millimetresPerUnit(xyztUnits: number): number {
  const unit = xyztUnits & 7;
  return unit === 1 ? 1000 : unit === 3 ? 0.001 : 1;
}

function invalid(origin: string, offset: number, what: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${origin} ${what}.`,
    'The file is damaged or incomplete: copy or export it again.',
    { path: origin, offset },
  );
}
