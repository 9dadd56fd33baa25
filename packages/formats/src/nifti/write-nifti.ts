import { type Affine, spacingOf, type Volume, VoxmimError } from '@voxmim/core';

import { datatypeOfArray, type NiftiDatatypeName, type StoredArray } from './datatype.js';
import { encodeExtensions, type NiftiExtension } from './extensions.js';
import { smallestLabelType, voxelsToWrite } from './voxels-to-write.js';

/** How voxels are stored: images as they are, labels in the smallest integer type that holds them. */
export interface WriteNiftiOptions {
  readonly kind: 'image' | 'labels';
  /** Another type to store them in. Integer types take the nearest whole number. */
  readonly datatype?: NiftiDatatypeName;
  /** What other programs left in the file that the volume comes from. Default none. */
  readonly extensions?: readonly NiftiExtension[];
}

const HEADER_BYTES = 348;

/**
 * The bytes of an uncompressed NIfTI-1 file on the volume's own grid. The affine is written as sform,
 * and as qform too where its axes are orthogonal.
 *
 * @throws `INVALID_DATA` for values that the type does not hold and labels that are no whole numbers;
 *   `UNSUPPORTED_FILE` for more than 32767 voxels along an axis
 */
export function writeNifti(
  volume: Volume,
  { kind, datatype, extensions = [] }: WriteNiftiOptions,
): Uint8Array<ArrayBuffer> {
  checkExtents(volume);
  const labelType = kind === 'labels' ? smallestLabelType(volume.data) : undefined;
  const voxels = voxelsToWrite(volume, datatype ?? labelType);
  const extra = encodeExtensions(extensions);
  const voxelOffset = HEADER_BYTES + extra.length;
  const bytes = new Uint8Array(voxelOffset + voxels.byteLength);
  const view = new DataView(bytes.buffer);
  writeLayout(view, volume, voxels, voxelOffset);
  view.setInt16(68, kind === 'labels' ? 1002 : 0, true); // intent: label
  writeGeometry(view, volume.affine);
  bytes.set(new TextEncoder().encode('n+1'), 344);
  bytes.set(extra, HEADER_BYTES);
  bytes.set(new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength), voxelOffset);
  return bytes;
}

function checkExtents({ shape, channels }: Volume): void {
  if (Math.max(...shape, channels) <= 32_767) return;
  throw new VoxmimError(
    'UNSUPPORTED_FILE',
    `NIfTI-1 holds 32767 voxels along an axis; the volume has [${shape.join(', ')}] and ${channels} channels.`,
    'Crop or resample it first.',
    { path: '', feature: 'extent beyond 32767' },
  );
}

function writeLayout(
  view: DataView,
  volume: Volume,
  voxels: StoredArray,
  voxelOffset: number,
): void {
  const [depth, height, width] = volume.shape;
  const rank = volume.channels === 1 ? 3 : 4;
  view.setInt32(0, HEADER_BYTES, true);
  [rank, width, height, depth, volume.channels, 1, 1, 1].forEach((extent, index) =>
    view.setInt16(40 + index * 2, extent, true),
  );
  view.setInt16(70, datatypeOfArray(voxels).code, true);
  view.setInt16(72, voxels.BYTES_PER_ELEMENT * 8, true);
  view.setFloat32(108, voxelOffset, true);
  view.setFloat32(112, 1, true);
  view.setUint8(123, 2); // millimetres
}

function writeGeometry(view: DataView, affine: Affine): void {
  const [depth, height, width] = spacingOf(affine);
  const quaternion = quaternionOf(affine);
  const pixdim = [quaternion?.handedness ?? 1, width, height, depth, 1, 1, 1, 1];
  pixdim.forEach((size, index) => view.setFloat32(76 + index * 4, size, true));
  view.setInt16(252, quaternion ? 1 : 0, true);
  view.setInt16(254, 1, true);
  const { b = 0, c = 0, d = 0 } = quaternion ?? {};
  [b, c, d, ...affine.map((row) => row[3])].forEach((value, index) =>
    view.setFloat32(256 + index * 4, value, true),
  );
  affine
    .flatMap(([z, y, x, t]) => [x, y, z, t])
    .forEach((value, index) => view.setFloat32(280 + index * 4, value, true));
}

interface Quaternion {
  readonly b: number;
  readonly c: number;
  readonly d: number;
  /** 1, or -1 where the third axis is mirrored. */
  readonly handedness: number;
}

/** The rotation of an affine as NIfTI's quaternion; undefined where its axes are not orthogonal. */
function quaternionOf(affine: Affine): Quaternion | undefined {
  const [sizeZ, sizeY, sizeX] = spacingOf(affine);
  const unit = affine.map(([z, y, x]) => [x / sizeX, y / sizeY, z / sizeZ]);
  const dot = (left: number, right: number) =>
    unit.reduce((sum, row) => sum + row[left] * row[right], 0);
  if (Math.max(Math.abs(dot(0, 1)), Math.abs(dot(0, 2)), Math.abs(dot(1, 2))) > 1e-4)
    return undefined;
  const [r11, r12, p] = unit[0];
  const [r21, r22, q] = unit[1];
  const [r31, r32, r] = unit[2];
  const determinant =
    r11 * (r22 * r - q * r32) - r12 * (r21 * r - q * r31) + p * (r21 * r32 - r22 * r31);
  const handedness = determinant < 0 ? -1 : 1;
  const [r13, r23, r33] = [p * handedness, q * handedness, r * handedness];
  return { ...rotationToQuaternion(r11, r12, r13, r21, r22, r23, r31, r32, r33), handedness };
}

type Triple = [number, number, number];

/** Shepperd's method: divides by the largest component, so half turns lose no precision. */
function rotationToQuaternion(
  r11: number,
  r12: number,
  r13: number,
  r21: number,
  r22: number,
  r23: number,
  r31: number,
  r32: number,
  r33: number,
): { b: number; c: number; d: number } {
  const squares = [
    1 + r11 + r22 + r33,
    1 + r11 - r22 - r33,
    1 - r11 + r22 - r33,
    1 - r11 - r22 + r33,
  ];
  const largest = squares.indexOf(Math.max(...squares));
  const scale = 0.5 / Math.sqrt(squares[largest]);
  const candidates: Triple[] = [
    [r32 - r23, r13 - r31, r21 - r12],
    [squares[1], r12 + r21, r13 + r31],
    [r12 + r21, squares[2], r23 + r32],
    [r13 + r31, r23 + r32, squares[3]],
  ];
  const reals = [squares[0], r32 - r23, r13 - r31, r21 - r12];
  const sign = reals[largest] < 0 ? -1 : 1;
  const [b, c, d] = candidates[largest];
  return { b: b * scale * sign, c: c * scale * sign, d: d * scale * sign };
}
