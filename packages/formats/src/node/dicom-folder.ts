import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { VoxmimError, type VolumeReader } from '@voxmim/core';

import { oneSeries, type OneSeriesOptions } from '../dicom/one-series.js';
import { type DicomStudy, type DicomVolume, openDicom } from '../dicom/open-dicom.js';
import { dicomFile } from './dicom-file.js';
import { walkFiles } from './walk-files.js';

/** What a folder holds of DICOM. */
export interface DicomFolder extends DicomStudy {
  /** Links and folders that were left out, and why. */
  readonly leftOut: readonly string[];
}

/**
 * The series in a folder and the folders below it, or in one file. Bytes tell what is DICOM, not names;
 * a file that has several names by links counts once.
 *
 * @throws `NOT_FOUND` for a path that is missing
 */
export async function openDicomFolder(path: string): Promise<DicomFolder> {
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    throw new VoxmimError('NOT_FOUND', `There is no ${path}.`, 'Check the path.', { path });
  }
  if (!found.isDirectory()) return { ...(await openDicom([dicomFile(path)])), leftOut: [] };
  const { files, notes: leftOut, hasLinks } = await walkFiles(path);
  const paths = files.map((file) => file.path);
  const distinct = hasLinks ? await distinctFiles(paths) : paths;
  return { ...(await openDicom(distinct.map(dicomFile))), leftOut };
}

/** Those files that are not another name of one before. */
async function distinctFiles(paths: readonly string[]): Promise<string[]> {
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const path of paths) {
    const real = await realpath(path).catch(() => path);
    if (!seen.has(real)) kept.push(path);
    seen.add(real);
  }
  return kept;
}

/**
 * Reads one DICOM series of a folder or file. Notes say what was skipped.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`; `INVALID_CONFIG` listing the series where there are several and
 *   none is chosen; what `DicomSeries.read` throws
 */
export async function readOneSeries(
  path: string,
  options: OneSeriesOptions = {},
): Promise<DicomVolume> {
  const { leftOut, ...study } = await openDicomFolder(path);
  return oneSeries(study, path, options, leftOut);
}

/** Reads a folder with one DICOM series, or one file; for registries of readers. */
export const dicomReader: VolumeReader = {
  name: 'dicom',
  accepts: (path) =>
    /\.(dcm|dicom|ima)$/i.test(path) || !/\.[a-z][a-z0-9]{1,4}(\.gz)?$/i.test(basename(path)),
  read: async (path) => (await readOneSeries(path)).volume,
};
