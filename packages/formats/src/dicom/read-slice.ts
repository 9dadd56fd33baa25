import type { Vector3 } from '@voxmim/core';

import { dot } from '@voxmim/volumes';
import { findNumbers, numberOrNothing } from './dicom-number.js';
import type { DicomImage, DicomSlice } from './dicom-slice.js';
import type { DataSet } from './parse-dicom.js';
import { clocksOf, phaseOf } from './phase.js';

/** The elements that place a slice, as the standard calls them. */
const PLACING = {
  ImagePositionPatient: 'x00200032',
  ImageOrientationPatient: 'x00200037',
  PixelSpacing: 'x00280030',
  ImagerPixelSpacing: 'x00181164',
  NominalScannedPixelSpacing: 'x00182010',
  RescaleSlope: 'x00281053',
  RescaleIntercept: 'x00281052',
} as const;

/** Directions may differ from length 1 by this before it is told. */
const ROUNDING = 0.01;

/** Cosine between rows and columns beyond which they are at no right angle: half a degree. */
const ASKEW = 0.01;

/** Why a slice cannot be used, within {@link readSlice}. */
class Unusable extends Error {}

/**
 * A frame of an image and its place.
 *
 * @param groups where its elements are looked for, the nearest first
 * @returns what is missing or wrong, in words, for a frame that has no place
 */
export function readSlice(
  image: DicomImage,
  frame: number,
  groups: readonly DataSet[],
): DicomSlice | { readonly reason: string } {
  try {
    return { image, frame, ...placeOf(groups), ...scalingOf(groups), ...timesOf(groups) };
  } catch (error) {
    if (error instanceof Unusable) return { reason: error.message };
    throw error;
  }
}

type Names = keyof typeof PLACING;

function numbersOf(groups: readonly DataSet[], name: Names, count: number): readonly number[] {
  const found = optionalNumbers(groups, name, count);
  if (found) return found;
  throw new Unusable(`it has no place in the world: ${name} is missing`);
}

function optionalNumbers(groups: readonly DataSet[], name: Names, count: number) {
  const found = findNumbers(groups, PLACING[name]);
  if (!found) return undefined;
  if ('malformed' in found) throw new Unusable(`its ${name} is ${found.malformed}`);
  if (found.numbers.length === count) return found.numbers;
  throw new Unusable(`its ${name} has ${found.numbers.length} numbers, not ${count}`);
}

function placeOf(groups: readonly DataSet[]) {
  const [x, y, z] = numbersOf(groups, 'ImagePositionPatient', 3);
  const [rx, ry, rz, cx, cy, cz] = numbersOf(groups, 'ImageOrientationPatient', 6);
  const [row, column]: [Vector3, Vector3] = [
    [rx, ry, rz],
    [cx, cy, cz],
  ];
  const lengths = [Math.hypot(...row), Math.hypot(...column)];
  if (Math.min(...lengths) < ROUNDING) throw new Unusable('its ImageOrientationPatient is 0');
  const [alongRow, alongColumn] = [scaled(row, 1 / lengths[0]), scaled(column, 1 / lengths[1])];
  if (Math.abs(dot(alongRow, alongColumn)) > ASKEW) {
    throw new Unusable('the directions of its rows and columns are not at right angles');
  }
  const { pixelSpacing, notes } = pixelSpacingOf(groups);
  const odd = lengths.some((length) => Math.abs(length - 1) > ROUNDING);
  return {
    position: [x, y, z] as const,
    alongRow,
    alongColumn,
    pixelSpacing,
    thickness: thicknessOf(groups),
    notes: odd
      ? [...notes, 'ImageOrientationPatient is not of length 1; it is taken as if.']
      : notes,
  };
}

function pixelSpacingOf(groups: readonly DataSet[]) {
  for (const name of [
    'PixelSpacing',
    'ImagerPixelSpacing',
    'NominalScannedPixelSpacing',
  ] as const) {
    const found = optionalNumbers(groups, name, 2);
    if (!found) continue;
    const [betweenRows, betweenColumns] = found;
    if (!(betweenRows > 0 && betweenColumns > 0)) {
      throw new Unusable(`its ${name} is ${betweenRows} and ${betweenColumns} mm`);
    }
    const notes = name === 'PixelSpacing' ? [] : [`PixelSpacing is missing; ${name} is taken.`];
    return { pixelSpacing: [betweenRows, betweenColumns] as const, notes };
  }
  throw new Unusable('it has no place in the world: PixelSpacing is missing');
}

/** SpacingBetweenSlices, which may be signed, before SliceThickness. */
function thicknessOf(groups: readonly DataSet[]): number | undefined {
  const sizes = ['x00180088', 'x00180050'].map((tag) => numberOrNothing(groups, tag) ?? 0);
  return sizes.map(Math.abs).find((size) => size > 0);
}

function scalingOf(groups: readonly DataSet[]) {
  const slope = optionalNumbers(groups, 'RescaleSlope', 1)?.[0] ?? 1;
  const intercept = optionalNumbers(groups, 'RescaleIntercept', 1)?.[0] ?? 0;
  if (slope === 0) throw new Unusable('its RescaleSlope is 0, which makes every voxel the same');
  return { slope, intercept };
}

function timesOf(groups: readonly DataSet[]) {
  return { phase: phaseOf(groups), clocks: clocksOf(groups) };
}

const scaled = ([x, y, z]: Vector3, by: number): Vector3 => [x * by, y * by, z * by];
