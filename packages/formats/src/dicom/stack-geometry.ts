import { type Affine, type Vector3, VoxmimError } from '@voxmim/core';

import { dot } from '@voxmim/volumes';
import type { DicomSlice } from './dicom-slice.js';
import { tiltDegrees } from './gantry-tilt.js';
import type { DicomStackConfig } from './stack-config.js';

/** Slices in order, and where they lie. */
export interface SliceStack {
  readonly slices: readonly DicomSlice[];
  /** Of `[slice, row, column]`, to RAS+ millimetres. */
  readonly affine: Affine;
  /** Places of the slices in units of the distance between them: 0, 1, 2 where it is even. */
  readonly places: readonly number[];
  /** Degrees of the gantry; 0 where it was upright. */
  readonly tilt: number;
  readonly notes: readonly string[];
}

/** What errors about a stack should say. */
export interface StackFacts {
  /** Why slices at one place could not be told apart. */
  readonly mixed?: string;
  /** Files of the series that are no slices, and why. */
  readonly leftOut?: readonly string[];
}

/** Distances between slices may differ by this share of their median. */
const TOLERANCE = 0.02;

/** Slices nearer than this are at one place, mm. */
const SAME_PLACE = 1e-3;

/**
 * Sorts slices by their place along the normal, and finds the affine. A tilted gantry gives a sheared
 * affine, which is where the voxels are; `straightened` makes it upright.
 *
 * @param slices of one shape and orientation
 * @throws `INVALID_DATA` for slices at the same place, missing ones, and ones off the line; for a
 *   tilted gantry, where that is refused
 */
export function stackSlices(
  slices: readonly DicomSlice[],
  options: DicomStackConfig,
  { mixed = 'nothing tells their phases apart', leftOut = [] }: StackFacts = {},
): SliceStack {
  const normal = normalOf(slices[0]);
  const all = sortedAlong(slices, normal);
  const sorted = options.duplicateSlices === 'first' ? all.filter(isFirstOfPlace(normal)) : all;
  const left = all.length - sorted.length;
  const copies = left > 0 ? [`${left} slices at a place that another one has were left out.`] : [];
  const heights = sorted.map(({ position }) => dot(position, normal));
  const gaps = heights.slice(1).map((height, index) => height - heights[index]);
  const first = sorted[0];
  if (gaps.length === 0) {
    const { thickness } = first;
    const size = `One slice of ${thickness ?? 1} mm`;
    const told =
      thickness === undefined ? `${size}: its header has no thickness above 0.` : `${size}.`;
    const notes = [...copies, told];
    const step = scale(normal, thickness ?? 1);
    return { slices: sorted, affine: affineOfStack(first, step), places: [0], tilt: 0, notes };
  }
  // The smaller of two middle ones: a slice is missing more often than one too many.
  const distance = [...gaps].sort((left, right) => left - right)[(gaps.length - 1) >> 1];
  const duplicate = gaps.findIndex((gap) => gap < SAME_PLACE);
  if (duplicate >= 0) throw samePlace(sorted[duplicate], sorted[duplicate + 1], mixed);
  const odd = gaps.findIndex((gap) => Math.abs(gap - distance) > TOLERANCE * distance);
  if (odd >= 0 && options.unevenSlices === 'refuse') {
    throw unevenGap([sorted[odd], sorted[odd + 1]], gaps[odd], distance, leftOut);
  }
  const rise = heights[heights.length - 1] - heights[0];
  const whole = subtract(sorted[sorted.length - 1].position, first.position);
  const step = scale(whole, (odd >= 0 ? distance : rise / gaps.length) / rise);
  checkLine(sorted, heights, whole);
  const places = heights.map((height, index) =>
    odd >= 0 ? (height - heights[0]) / distance : index,
  );
  const tilt = tiltDegrees(step, normal);
  if (tilt > 0 && options.gantryTilt === 'refuse') throw tilted(first, tilt);
  const notes = [...copies, ...tiltNote(tilt, options), ...(odd >= 0 ? [unevenNote(gaps)] : [])];
  return { slices: sorted, affine: affineOfStack(first, step), places, tilt, notes };
}

/** Whether slices have the same directions and pixel spacing, but for noise in the header. */
export function areParallel(left: DicomSlice, right: DicomSlice): boolean {
  const values = ({ alongRow, alongColumn, pixelSpacing }: DicomSlice) => [
    ...alongRow,
    ...alongColumn,
    ...pixelSpacing,
  ];
  const others = values(right);
  return values(left).every((value, index) => Math.abs(value - others[index]) < 2e-3);
}

/** The slices of each place along the normal, in order. */
export function placesOf(slices: readonly DicomSlice[]): DicomSlice[][] {
  const normal = normalOf(slices[0]);
  const places: DicomSlice[][] = [];
  sortedAlong(slices, normal).forEach((slice, index, sorted) => {
    const place = places.at(-1);
    if (!place || isFirstOfPlace(normal)(slice, index, sorted)) places.push([slice]);
    else place.push(slice);
  });
  return places;
}

/** Whether two of the slices are at one place along the normal. */
export function haveOnePlace(slices: readonly DicomSlice[]): boolean {
  return placesOf(slices).length < slices.length;
}

function isFirstOfPlace(normal: Vector3) {
  return (slice: DicomSlice, index: number, sorted: readonly DicomSlice[]): boolean =>
    index === 0 ||
    dot(slice.position, normal) - dot(sorted[index - 1].position, normal) >= SAME_PLACE;
}

function normalOf({ alongRow, alongColumn }: DicomSlice): Vector3 {
  return cross(alongRow, alongColumn);
}

/** Slices in the order of their places. */
function sortedAlong(slices: readonly DicomSlice[], normal: Vector3): DicomSlice[] {
  return [...slices].sort(
    (left, right) =>
      dot(left.position, normal) - dot(right.position, normal) ||
      (left.image.source.path < right.image.source.path ? -1 : 1),
  );
}

/** DICOM's LPS+ to RAS+: the first two world axes are mirrored. */
function affineOfStack(
  { alongRow, alongColumn, pixelSpacing, position }: DicomSlice,
  step: Vector3,
) {
  const row = (axis: 0 | 1 | 2): Affine[number] => {
    const sign = axis === 2 ? 1 : -1;
    return [
      sign * step[axis],
      sign * alongColumn[axis] * pixelSpacing[0],
      sign * alongRow[axis] * pixelSpacing[1],
      sign * position[axis],
    ];
  };
  const affine: Affine = [row(0), row(1), row(2)];
  return affine;
}

function checkLine(
  sorted: readonly DicomSlice[],
  heights: readonly number[],
  whole: Vector3,
): void {
  const [start, rise] = [heights[0], heights[heights.length - 1] - heights[0]];
  const allowed = Math.max(0.1, TOLERANCE * Math.max(...sorted[0].pixelSpacing));
  sorted.forEach((slice, index) => {
    const expected = scale(whole, (heights[index] - start) / rise);
    const off = subtract(subtract(slice.position, sorted[0].position), expected);
    if (Math.hypot(...off) <= allowed) return;
    throw refused(
      slice,
      `lies ${Math.hypot(...off).toFixed(2)} mm beside the line of its series`,
      'slices do not lie on one line',
    );
  });
}

function tiltNote(tilt: number, { gantryTilt }: DicomStackConfig): string[] {
  const done =
    gantryTilt === 'straighten'
      ? 'slices are resampled onto a straight grid'
      : 'the affine is sheared';
  return tilt > 0 ? [`The gantry was tilted by ${tilt.toFixed(1)}°; ${done}.`] : [];
}

function tilted(slice: DicomSlice, tilt: number): VoxmimError<'INVALID_DATA'> {
  return refused(
    slice,
    `begins a series of a gantry tilted by ${tilt.toFixed(1)}°`,
    'gantry tilt',
    'Read it with gantryTilt: "shear" (voxels as they are) or "straighten" (resampled).',
  );
}

function unevenNote(gaps: readonly number[]): string {
  const [least, most] = [Math.min(...gaps).toFixed(2), Math.max(...gaps).toFixed(2)];
  return `Slices lie ${least} to ${most} mm apart; values between them are interpolated.`;
}

function samePlace(
  left: DicomSlice,
  right: DicomSlice,
  mixed: string,
): VoxmimError<'INVALID_DATA'> {
  return refused(
    right,
    `lies where ${left.image.source.path} does; ${mixed}`,
    'two slices at one place',
    'Move what does not belong to the series elsewhere, or read it with duplicateSlices: "first".',
  );
}

function unevenGap(
  [left, right]: readonly [DicomSlice, DicomSlice],
  gap: number,
  distance: number,
  leftOut: readonly string[],
) {
  const missing = Math.round(gap / distance) - 1;
  const what = missing > 0 ? `${missing} slices seem to be missing` : 'the spacing is uneven';
  const out =
    leftOut.length > 0 ? `; ${leftOut.length} files were left out, such as ${leftOut[0]}` : '';
  return refused(
    right,
    `lies ${gap.toFixed(3)} mm after ${left.image.source.path}, others ${distance.toFixed(3)} mm: ${what}${out}`,
    'uneven slices',
    'Export the series again, or read it with unevenSlices: "interpolate".',
  );
}

function refused(
  { image }: DicomSlice,
  what: string,
  reason: string,
  remedy = 'Export the series again, or move what does not belong to it elsewhere.',
): VoxmimError<'INVALID_DATA'> {
  const { path } = image.source;
  return new VoxmimError('INVALID_DATA', `${path} ${what}.`, remedy, { path, reason });
}

function cross([ax, ay, az]: Vector3, [bx, by, bz]: Vector3): Vector3 {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}
const scale = ([x, y, z]: Vector3, by: number): Vector3 => [x * by, y * by, z * by];
const subtract = (left: Vector3, right: Vector3): Vector3 => [
  left[0] - right[0],
  left[1] - right[1],
  left[2] - right[2],
];
