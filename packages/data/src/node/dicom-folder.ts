import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { VoxmimError, type VolumeReader } from '@voxmim/core';

import { type DicomStudy, openDicom } from '../dicom/open-dicom.js';

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
  return openDicom(files.map((file) => ({ path: file, bytes: () => readFile(file) })));
}

/** Reads a folder with one DICOM series, or one file; for registries of readers. */
export const dicomReader: VolumeReader = {
  name: 'dicom',
  accepts: (path) =>
    /\.(dcm|dicom|ima)$/i.test(path) || !/\.[a-z][a-z0-9]{1,4}(\.gz)?$/i.test(basename(path)),
  read: async (path) => {
    const { series, skipped } = await openDicomFolder(path);
    if (series.length === 1) return (await series[0].read()).volume;
    if (series.length === 0) throw noSeries(path, skipped);
    const list = series.map(
      ({ modality, seriesNumber, shape }) =>
        `${modality} series ${seriesNumber ?? '?'} [${shape.join(', ')}]`,
    );
    throw new VoxmimError(
      'INVALID_DATA',
      `${path} holds ${series.length} series: ${list.join('; ')}.`,
      'Put one series in each folder, or choose one by openDicomFolder.',
      { path, reason: 'several series' },
    );
  },
};

async function filesBelow(folder: string): Promise<string[]> {
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
