import { VoxmimError, type Volume } from '@voxmim/core';

import { openDicom } from '../../dicom/open-dicom.js';
import type { DatasetCase } from '../dataset.js';
import { dicomFile } from '../dicom-file.js';
import { readVolume } from '../read-volume.js';
import { stackChannels } from './stack-channels.js';

/**
 * Reads the images of a case, its modalities as channels: of one file with several, or of several
 * files on one grid.
 *
 * @param inChannels how many channels there must be; any number without it
 * @throws what `readVolume` throws; `INVALID_DATA` for files on different grids, or another number of
 *   channels
 */
export async function readCaseImage(entry: DatasetCase, inChannels?: number): Promise<Volume> {
  const { id, images, series } = entry;
  const image = series
    ? await readSeries(series, images[0] ?? id)
    : stackChannels(await Promise.all(images.map((path) => readVolume(path))), images, id);
  if (inChannels === undefined || image.channels === inChannels) return image;
  throw new VoxmimError(
    'INVALID_DATA',
    `${images.join(', ')}: ${image.channels} channels, where inChannels of the config is ${inChannels}.`,
    `Set inChannels to ${image.channels}, or give images with ${inChannels}.`,
    { path: images[0] ?? id, reason: 'number of channels' },
  );
}

/** Reads the files of one DICOM series. */
async function readSeries(files: readonly string[], folder: string): Promise<Volume> {
  const study = await openDicom(files.map(dicomFile));
  const series = study.series.at(0);
  if (series && study.series.length === 1) return (await series.read()).volume;
  throw new VoxmimError(
    'INVALID_DATA',
    `${folder} no longer holds the DICOM series that it held when the data set was opened.`,
    'Leave the files alone while a run reads them.',
    { path: folder, reason: 'series changed' },
  );
}
