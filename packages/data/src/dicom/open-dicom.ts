import { isVoxmimError, type Shape3, type Volume } from '@voxmim/core';

import { type DicomSlice, type DicomSource, slicesOf } from './dicom-image.js';
import { looksLikeDicom, parseDicom, soundly } from './parse-dicom.js';
import { readStack } from './read-stack.js';
import { orientationKey, stackSlices, type UnevenSlices } from './stack-geometry.js';

/** Slices that make one volume. */
export interface DicomSeries {
  readonly modality: string;
  readonly seriesNumber: number | undefined;
  /** Voxels per axis, `[slices, rows, columns]`. */
  readonly shape: Shape3;
  /** Where the slices come from. */
  readonly files: readonly string[];
  /**
   * Decodes the pixels.
   *
   * @throws `INVALID_DATA` for slices at one place, missing, or off the line; `INVALID_FILE` and
   *   `UNSUPPORTED_FILE` for pixels that cannot be decoded
   */
  read(options?: DicomReadOptions): Promise<DicomVolume>;
}

/** How to read a series. */
export interface DicomReadOptions {
  /** Slices at uneven distances: refuse them (default), or interpolate onto even ones. */
  readonly unevenSlices?: UnevenSlices;
}

/** A volume in the units of its series, HU for CT, and what somebody should know about it. */
export interface DicomVolume {
  readonly volume: Volume;
  readonly notes: readonly string[];
}

/** What a set of files holds. */
export interface DicomStudy {
  readonly series: readonly DicomSeries[];
  /** Files that are no slices, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Sorts files in any order into series, by their headers alone. Files that are not DICOM, hold no
 * image (reports, structure sets, presentation states) or have no place in the world are skipped
 * and named.
 */
export async function openDicom(sources: Iterable<DicomSource>): Promise<DicomStudy> {
  const slices: DicomSlice[] = [];
  const skipped: { path: string; reason: string }[] = [];
  for (const source of sources) {
    const found = await headerOf(source);
    if ('reason' in found) skipped.push({ path: source.path, reason: found.reason });
    else slices.push(...found.slices);
  }
  const groups = [...grouped(slices, seriesKey).values()].flatMap(splitPhases);
  return { series: groups.map(seriesOf), skipped };
}

async function headerOf(source: DicomSource) {
  const bytes = await source.bytes();
  if (!looksLikeDicom(bytes)) return { reason: 'it is not DICOM' };
  try {
    const data = parseDicom(bytes, source.path, true);
    return soundly(source.path, () => slicesOf(data, source));
  } catch (error) {
    if (isVoxmimError(error, 'INVALID_FILE', 'UNSUPPORTED_FILE')) return { reason: error.message };
    throw error;
  }
}

function seriesKey(slice: DicomSlice): string {
  const { seriesUid, rows, columns } = slice.image;
  return [seriesUid, rows, columns, orientationKey(slice)].join('|');
}

/** Echoes, times or acquisitions at the same places become a series each. */
function splitPhases(slices: readonly DicomSlice[]): readonly (readonly DicomSlice[])[] {
  if (!hasDuplicates(slices)) return [slices];
  for (const phase of ['echo', 'time', 'acquisition', 'kind'] as const) {
    const parts = [...grouped(slices, ({ image }) => image.phase[phase]).values()];
    if (parts.length > 1 && !parts.some(hasDuplicates)) return parts;
  }
  return [slices];
}

function hasDuplicates(slices: readonly DicomSlice[]): boolean {
  const places = slices.map(({ position }) => position.map((value) => value.toFixed(3)).join(' '));
  return new Set(places).size < places.length;
}

function grouped(
  slices: readonly DicomSlice[],
  keyOf: (slice: DicomSlice) => string,
): Map<string, DicomSlice[]> {
  const groups = new Map<string, DicomSlice[]>();
  for (const slice of slices) {
    const group = groups.get(keyOf(slice));
    if (group) group.push(slice);
    else groups.set(keyOf(slice), [slice]);
  }
  return groups;
}

function seriesOf(slices: readonly DicomSlice[]): DicomSeries {
  const { modality, seriesNumber, rows, columns } = slices[0].image;
  return {
    modality,
    seriesNumber,
    shape: [slices.length, rows, columns],
    files: [...new Set(slices.map(({ image }) => image.source.path))].sort(),
    read: async ({ unevenSlices = 'refuse' } = {}) => {
      const stack = stackSlices(slices, unevenSlices);
      return { volume: await readStack(stack), notes: stack.notes };
    },
  };
}
