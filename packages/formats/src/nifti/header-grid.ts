import { type Affine, spacingOf } from '@voxmim/core';
import { type NIFTI1, NIFTI2 } from 'nifti-reader-js';

import { gridFault, axisCodes } from '@voxmim/volumes';

/** What the parser gives. */
export type RawHeader = NIFTI1 | NIFTI2;

/** What a header says of where its voxels are, and what somebody should know of it. */
export type HeaderGrid =
  { readonly affine: Affine; readonly notes: readonly string[] } | { readonly fault: string };

/** Sizes and directions may differ by this share before it is told. */
const TOLERANCE = 0.01;

/** Rounding of the stored part of a quaternion. */
const LONGEST_QUATERNION = 1.001;

interface Candidate {
  readonly name: 'sform' | 'qform' | 'pixdim';
  readonly affine: Affine;
}

/**
 * The affine of a header: the first of sform, qform and voxel sizes that is there and spans space.
 *
 * @param extents voxels along x, y and z
 * @returns what is wrong with each where none can be used
 */
export function gridOfHeader(
  raw: RawHeader,
  bytes: Uint8Array,
  extents: readonly [number, number, number],
): HeaderGrid {
  const candidates = candidatesOf(raw, bytes, extents);
  const faults = candidates.map(({ affine }) => gridFault(affine));
  const first = faults.indexOf(undefined);
  const told = candidates.map(({ name }, index) => `its ${name} ${faults[index] ?? ''}`);
  if (first < 0) return { fault: told.join(', ') };
  const used = candidates[first];
  const notes = [
    ...told.slice(0, first).map((fault) => `${capital(fault)}; the ${used.name} is taken.`),
    ...unitNote(raw.xyzt_units),
    ...sizeNotes(raw, used, candidates.slice(first + 1)),
  ];
  return { affine: used.affine, notes };
}

function candidatesOf(
  raw: RawHeader,
  bytes: Uint8Array,
  extents: readonly [number, number, number],
): Candidate[] {
  const scale = millimetresPerUnit(raw.xyzt_units);
  const row = ([x, y, z, t]: Row): Row => [z * scale, y * scale, x * scale, t * scale];
  const candidate = (name: Candidate['name'], rows: [Row, Row, Row]): Candidate => ({
    name,
    affine: [row(rows[0]), row(rows[1]), row(rows[2])],
  });
  return [
    ...(raw.sform_code > 0 ? [candidate('sform', sformRows(raw, bytes))] : []),
    ...(raw.qform_code > 0 ? [candidate('qform', qformRows(raw))] : []),
    candidate('pixdim', baseRows(raw, extents)),
  ];
}

/** Where what is used and what else the header says disagree. */
function sizeNotes(raw: RawHeader, used: Candidate, others: readonly Candidate[]): string[] {
  const stated = [3, 2, 1].map((axis) => raw.pixDims[axis]);
  const unsound = stated.some((size) => !(size > 0 && Number.isFinite(size)));
  if (unsound) {
    const text = `Its header has voxel sizes (pixdim) of ${stated.join(' × ')}`;
    return [`${text}; ${sizesOf(used.affine)} mm by the ${used.name} are taken.`];
  }
  const other = others.find(({ affine }) => !haveSameSizes(used.affine, affine));
  if (other) {
    const [mine, its] = [sizesOf(used.affine), sizesOf(other.affine)];
    return [
      `Its ${used.name} says voxels of ${mine} mm [depth, height, width], its ${other.name} ${its} mm: they disagree, and the ${used.name} is taken.`,
    ];
  }
  const qform = others.find(({ name }) => name === 'qform');
  const [codes, its] = [axisCodes(used.affine), qform && axisCodes(qform.affine)];
  if (its === undefined || gridFault(qform?.affine ?? used.affine) || codes === its) return [];
  return [
    `Its ${used.name} says the axes ${codes}, its qform ${its}: they disagree, and the ${used.name} is taken.`,
  ];
}

function haveSameSizes(left: Affine, right: Affine): boolean {
  const others = spacingOf(right);
  return spacingOf(left).every((size, axis) => {
    const difference = Math.abs(size - others[axis]);
    return difference <= TOLERANCE * Math.max(size, others[axis]);
  });
}

function sizesOf(affine: Affine): string {
  return spacingOf(affine)
    .map((size) => Number(size.toPrecision(4)))
    .join(' × ');
}

function unitNote(xyztUnits: number): string[] {
  const unit = { 1: 'metres', 3: 'micrometres' }[xyztUnits & 7];
  return unit === undefined ? [] : [`Its header is in ${unit}; it was converted to millimetres.`];
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

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
  const { pixDims } = raw;
  const [handedness, dx, dy, dz] = [pixDims[0], ...voxelSizes(raw)];
  const [a, b, c, d] = quaternionOf(raw);
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

/** Of length 1, also where rounding made its stored part longer; not finite for what is no rotation. */
function quaternionOf({ quatern_b, quatern_c, quatern_d }: RawHeader) {
  const length = Math.hypot(quatern_b, quatern_c, quatern_d);
  if (length > LONGEST_QUATERNION) return [NaN, NaN, NaN, NaN] as const;
  const by = Math.max(1, length);
  const a = Math.sqrt(Math.max(0, 1 - length * length));
  return [a, quatern_b / by, quatern_c / by, quatern_d / by] as const;
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
