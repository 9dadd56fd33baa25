import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { VoxmimError, type VolumeReader } from '@voxmim/core';

import {
  type DicomSeries,
  type DicomStudy,
  type DicomVolume,
  openDicom,
} from '../dicom/open-dicom.js';
import type { DicomStackConfig } from '../dicom/stack-config.js';
import { dicomFile } from './dicom-file.js';

/**
 * The series in a folder and the folders below it, or in one file.
 *
 * @throws `NOT_FOUND` for a path that is missing
 */
export async function openDicomFolder(path: string): Promise<DicomStudy> {
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw new VoxmimError('NOT_FOUND', `There is no ${path}.`, 'Check the path.', { path });
  }
  const files = found.isDirectory() ? await filesBelow(path) : [path];
  return openDicom(files.map(dicomFile));
}

/** Which series to read, and how. */
export interface OneSeriesOptions extends Partial<DicomStackConfig> {
  /** Which of several, from 1, in the order in which a refusal lists them. */
  readonly series?: number | undefined;
}

/**
 * Reads one DICOM series of a folder or file. Notes say what was skipped.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`; `INVALID_CONFIG` listing the series where there are several and
 *   none is chosen; what `DicomSeries.read` throws
 */
export async function readOneSeries(
  path: string,
  { series: chosen, ...options }: OneSeriesOptions = {},
): Promise<DicomVolume> {
  const { series, skipped } = await openDicomFolder(path);
  if (series.length === 0) throw noSeries(path, skipped);
  const one = chosen === undefined && series.length > 1 ? undefined : series.at((chosen ?? 1) - 1);
  if (!one) throw chooseSeries(path, series, chosen);
  const { volume, notes } = await one.read(options);
  return { volume, notes: [...notes, ...skippedNote(skipped)] };
}

/** Reads a folder with one DICOM series, or one file; for registries of readers. */
export const dicomReader: VolumeReader = {
  name: 'dicom',
  accepts: (path) =>
    /\.(dcm|dicom|ima)$/i.test(path) || !/\.[a-z][a-z0-9]{1,4}(\.gz)?$/i.test(basename(path)),
  read: async (path) => (await readOneSeries(path)).volume,
};

function chooseSeries(
  path: string,
  series: readonly DicomSeries[],
  chosen: number | undefined,
): VoxmimError<'INVALID_CONFIG'> {
  const list = series.map(({ modality, seriesNumber, description, time, phase, shape }, index) => {
    const told = [description, time, phase].flatMap((one) => one ?? []).join(', ');
    const name = [modality, 'series', seriesNumber ?? '?', ...(told ? [`(${told})`] : [])];
    return `${index + 1}: ${name.join(' ')} [${shape.join(', ')}]`;
  });
  return new VoxmimError(
    'INVALID_CONFIG',
    `${path} holds ${series.length} series: ${list.join('; ')}.`,
    'Choose one by its place in this list, such as --series 1, or put each into a folder of its own.',
    { path: 'series', received: chosen },
  );
}

function skippedNote(skipped: DicomStudy['skipped']): string[] {
  const first = skipped.at(0);
  return first
    ? [`${skipped.length} files are no slices, such as ${first.path}: ${first.reason}.`]
    : [];
}

/** Paths of all files in a folder and the folders below it, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function noSeries(path: string, skipped: DicomStudy['skipped']): VoxmimError {
  const first = skipped.at(0);
  if (!first) {
    return new VoxmimError('NOT_FOUND', `${path} is empty.`, 'Give a folder of DICOM files.', {
      path,
    });
  }
  return new VoxmimError(
    'INVALID_FILE',
    `${path} holds no DICOM slice; ${first.path} was skipped: ${first.reason}`,
    'Give the folder of a CT, MR or PET series.',
    { path },
  );
}
