import { isVoxmimError, parseConfig, type Shape3, type Volume } from '@voxmim/core';

import { isInverted, slicesOf } from './dicom-image.js';
import type { DicomImage, DicomSlice, DicomSource } from './dicom-slice.js';
import { soundly } from './parse-dicom.js';
import { type PhaseSlices, splitPhases } from './split-phases.js';
import { straightened } from './gantry-tilt.js';
import { readHeader } from './read-header.js';
import { readStack } from './read-stack.js';
import { seriesParts } from './series-parts.js';
import { DicomStackConfig } from './stack-config.js';
import { areParallel, stackSlices } from './stack-geometry.js';

/** Slices that make one volume. */
export interface DicomSeries {
  readonly modality: string;
  readonly seriesNumber: number | undefined;
  /** What the scanner calls it, such as `T1 mprage`. */
  readonly description: string | undefined;
  /** When it was acquired, `HH:MM:SS`. */
  readonly time: string | undefined;
  /** Series of equal numbers are of one patient; undefined where no file tells. */
  readonly patient: number | undefined;
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
  /** What took it, such as CT or MR; absent where it is no DICOM. */
  readonly modality?: string;
  readonly notes: readonly string[];
}

/** What a set of files holds. */
export interface DicomStudy {
  readonly series: readonly DicomSeries[];
  /** Files that are no slices, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** What somebody should know about how files were taken together. */
  readonly notes: readonly string[];
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
  const skipped: SkippedFile[] = [];
  const all = [...sources];
  const atOnce = all.every((source) => 'head' in source) ? AT_ONCE : 1;
  for (let from = 0; from < all.length; from += atOnce) {
    for (const found of await Promise.all(all.slice(from, from + atOnce).map(headerOf))) {
      if ('reason' in found) skipped.push(found);
      else slices.push(...found.slices);
    }
  }
  const found = parallelGroups(slices).map(seriesParts);
  const phases = found.flatMap(({ parts }) => parts.flatMap(splitPhases));
  const patients = [...new Set(slices.map(({ image }) => image.patient))].filter((id) => id !== '');
  return {
    series: phases.map((one) => seriesOf(one, skipped, patients)),
    skipped: skipped.map(({ path, reason }) => ({ path, reason })),
    notes: found.flatMap(({ notes }) => notes),
  };
}

/** A file that is no slice, and which series it would belong to. */
interface SkippedFile {
  readonly path: string;
  readonly reason: string;
  readonly seriesUid?: string | undefined;
}

async function headerOf(
  source: DicomSource,
): Promise<{ slices: readonly DicomSlice[] } | SkippedFile> {
  const { path } = source;
  try {
    const data = await readHeader(source);
    if (!data) return { path, reason: 'it is not DICOM' };
    return soundly(path, () => {
      const found = slicesOf(data, source);
      return 'slices' in found ? found : { path, ...found, seriesUid: data.string('x0020000e') };
    });
  } catch (error) {
    if (isVoxmimError(error, 'INVALID_FILE', 'UNSUPPORTED_FILE')) {
      return { path, reason: error.message };
    }
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

function seriesOf(
  part: PhaseSlices,
  skipped: readonly SkippedFile[],
  patients: readonly string[],
): DicomSeries {
  const { slices, phase } = part;
  const { modality, seriesNumber, description, time, seriesUid, rows, columns } = slices[0].image;
  const leftOut = skipped.filter((file) => file.seriesUid === seriesUid);
  const patient = patients.indexOf(slices[0].image.patient);
  return {
    modality,
    seriesNumber,
    description,
    time,
    patient: patient < 0 ? undefined : patient,
    phase,
    shape: [slices.length, rows, columns],
    files: [...new Set(slices.map(({ image }) => image.source.path))].sort(),
    read: (options = {}) =>
      readSlices(part, parseConfig(DicomStackConfig, options, 'dicom'), leftOut),
  };
}

async function readSlices(
  { slices, mixed }: PhaseSlices,
  config: DicomStackConfig,
  leftOut: readonly SkippedFile[],
): Promise<DicomVolume> {
  const stack = stackSlices(slices, config, {
    ...(mixed !== undefined && { mixed }),
    leftOut: leftOut.map(({ path, reason }) => `${path}: ${reason}`),
  });
  const mended = new Set(slices.flatMap(({ notes }) => notes));
  const notes = [...stack.notes, ...mended, ...monochromeNote(slices[0].image)];
  const volume = await readStack(stack);
  const isUpright = stack.tilt === 0 || config.gantryTilt !== 'straighten';
  const { modality } = slices[0].image;
  return { volume: isUpright ? volume : straightened(volume), modality, notes };
}

function monochromeNote(image: DicomImage): string[] {
  if (!image.isMonochrome1) return [];
  return isInverted(image)
    ? ['Shown with low values bright (MONOCHROME1): inverted.']
    : [`Shown with low values bright (MONOCHROME1): values of ${image.modality} are kept.`];
}
