import { type Affine, type Shape3, VoxmimError } from '@voxmim/core';
import { isNIFTI1, isNIFTI2, NIFTI2, readHeader } from 'nifti-reader-js';

import { datatypeOf, type NiftiDatatype } from './datatype.js';
import { gridOfHeader, type RawHeader } from './header-grid.js';

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
  /** What somebody should know of its grid, in words. */
  readonly notes: readonly string[];
}

/** Enough bytes for the header of either version. */
export const NIFTI_HEADER_BYTES = 544;

/** Volumes above this are refused before anything is allocated. */
const MAX_VOXEL_BYTES = 2 ** 33;

/** Extensions above this are refused. */
const MAX_VOXEL_OFFSET = 2 ** 26;

/**
 * Reads a header. Which affine counts is decided as nibabel does: sform, else qform, else the
 * voxel sizes around the center of the volume; one that spans no space is passed over, and told.
 *
 * @param bytes the first `NIFTI_HEADER_BYTES` of the file, or all of a shorter one
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
    ...gridIn(raw, bytes, [width, height, depth], origin),
    datatype,
    littleEndian: raw.littleEndian,
    headerBytes,
    voxelOffset: voxelOffsetOf(raw, isPair ? 0 : headerBytes + 4, origin),
    voxelBytes,
    ...scalingOf(raw),
    isPair,
  };
}

function gridIn(
  raw: RawHeader,
  bytes: Uint8Array,
  extents: readonly [number, number, number],
  origin: string,
): Pick<NiftiHeader, 'affine' | 'notes'> {
  const grid = gridOfHeader(raw, bytes, extents);
  if ('fault' in grid) throw invalid(origin, 280, `has no usable affine: ${grid.fault}`);
  return grid;
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

function invalid(origin: string, offset: number, what: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${origin} ${what}.`,
    'The file is damaged or incomplete: copy or export it again.',
    { path: origin, offset },
  );
}
