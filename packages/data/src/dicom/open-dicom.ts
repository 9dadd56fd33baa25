import { isVoxmimError, parseConfig, type Shape3, type Volume } from '@voxmim/core';

import {
  type DicomImage,
  type DicomSlice,
  type DicomSource,
  isInverted,
  slicesOf,
} from './dicom-image.js';
import { soundly } from './parse-dicom.js';
import { type PhaseSlices, splitPhases } from './phase.js';
import { straightened } from './gantry-tilt.js';
import { readHeader } from './read-header.js';
import { readStack } from './read-stack.js';
import { DicomStackConfig } from './stack-config.js';
import { areParallel, stackSlices } from './stack-geometry.js';

/** Slices that make one volume. */
export interface DicomSeries {
  readonly modality: string;
  readonly seriesNumber: number | undefined;
  /** What tells it apart from others at the same places, such as `echo 4.6`. */
  readonly phase: string | undefined;
  /** Voxels per axis, `[slices, rows, columns]`. */
  readonly shape: Shape3;
  /** Where the slices come from. */
  readonly files: readonly string[];
  /**
   * Decodes the pixels.
   *
   * @throws `INVALID_DATA` for slices at one place, missing, off the line, or
   *   of a tilted gantry where that is refused; `INVALID_FILE` and
   *   `UNSUPPORTED_FILE` for pixels that cannot be decoded
   */
  read(options?: Partial<DicomStackConfig>): Promise<DicomVolume>;
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

/** Headers that are read at once, to hide the latency of disks; whole files are held one at a time. */
const AT_ONCE = 8;

/**
 * Sorts files in any order into series, by their headers alone. Files that are not DICOM, hold no
 * image (reports, structure sets, presentation states) or have no place in the world are skipped
 * and named.
 */
export async function openDicom(sources: Iterable<DicomSource>): Promise<DicomStudy> {
  const slices: DicomSlice[] = [];
  const skipped: { path: string; reason: string }[] = [];
  const all = [...sources];
  const atOnce = all.every((source) => 'head' in source) ? AT_ONCE : 1;
  for (let from = 0; from < all.length; from += atOnce) {
    const some = all.slice(from, from + atOnce);
    for (const [index, found] of (await Promise.all(some.map(headerOf))).entries()) {
      if ('reason' in found) skipped.push({ path: some[index].path, reason: found.reason });
      else slices.push(...found.slices);
    }
  }
  return { series: parallelGroups(slices).flatMap(splitPhases).map(seriesOf), skipped };
}

async function headerOf(source: DicomSource) {
  try {
    const data = await readHeader(source);
    if (!data) return { reason: 'it is not DICOM' };
    return soundly(source.path, () => slicesOf(data, source));
  } catch (error) {
    if (isVoxmimError(error, 'INVALID_FILE', 'UNSUPPORTED_FILE')) return { reason: error.message };
    throw error;
  }
}

/** Slices of one series, shape and orientation. */
function parallelGroups(slices: readonly DicomSlice[]): DicomSlice[][] {
  const groups = new Map<string, DicomSlice[][]>();
  for (const slice of slices) {
    const { seriesUid, rows, columns } = slice.image;
    const key = [seriesUid, rows, columns].join('|');
    const orientations = groups.get(key) ?? [];
    groups.set(key, orientations);
    const own = orientations.find(([first]) => areParallel(first, slice));
    if (own) own.push(slice);
    else orientations.push([slice]);
  }
  return [...groups.values()].flat();
}

function seriesOf({ slices, phase }: PhaseSlices): DicomSeries {
  const { modality, seriesNumber, rows, columns } = slices[0].image;
  return {
    modality,
    seriesNumber,
    phase,
    shape: [slices.length, rows, columns],
    files: [...new Set(slices.map(({ image }) => image.source.path))].sort(),
    read: async (options = {}) => {
      const config = parseConfig(DicomStackConfig, options, 'dicom');
      const stack = stackSlices(slices, config);
      const notes = [...stack.notes, ...monochromeNote(slices[0].image)];
      const volume = await readStack(stack);
      const isUpright = stack.tilt === 0 || config.gantryTilt !== 'straighten';
      return { volume: isUpright ? volume : straightened(volume), notes };
    },
  };
}

function monochromeNote(image: DicomImage): string[] {
  if (!image.isMonochrome1) return [];
  return isInverted(image)
    ? ['Shown with low values bright (MONOCHROME1): inverted.']
    : [`Shown with low values bright (MONOCHROME1): values of ${image.modality} are kept.`];
}
