import { VoxmimError, type Volume, type DatasetCase, type DatasetSeries } from '@voxmim/core';
import { stackChannels } from '@voxmim/volumes';

import { type DicomVolume, openDicom, type DicomStackConfig } from '@voxmim/formats/dicom';
import { dicomFile, type ReadOptions, readWithNotes } from '@voxmim/formats/node';

/** What a case must be, and how its DICOM series are read. */
export interface ReadCaseOptions extends ReadOptions {
  /** How many channels there must be; any number without it. */
  readonly inChannels?: number;
}

/** The image of a case, and what somebody should know about it. */
export interface CaseImage {
  readonly image: Volume;
  /** As DICOM calls it, such as CT or MR; absent where the files do not tell. */
  readonly modality?: string;
  readonly notes: readonly string[];
}

/**
 * Reads the images of a case, its modalities as channels: of one file with several, or of several
 * files on one grid.
 *
 * @throws what `readVolume` throws; `INVALID_DATA` for files on different grids, or another number of
 *   channels
 */
export async function readCaseImage(
  entry: DatasetCase,
  { inChannels, dicom, readers }: ReadCaseOptions = {},
): Promise<CaseImage> {
  const { id, images, series } = entry;
  const read = series
    ? [await readSeries(series, images[0] ?? id, dicom)]
    : await Promise.all(images.map((path) => readWithNotes(path, { dicom, readers })));
  const volumes = read.map(({ volume }) => volume);
  const image = stackChannels(volumes, images, id);
  const notes = read.flatMap((one, index) => one.notes.map((note) => `${images[index]}: ${note}`));
  const modality = read[0]?.modality;
  if (inChannels === undefined || image.channels === inChannels) {
    return { image, ...(modality !== undefined && { modality }), notes };
  }
  throw new VoxmimError(
    'INVALID_DATA',
    `${images.join(', ')}: ${image.channels} channels, where inChannels of the config is ${inChannels}.`,
    `Give images with ${inChannels}: files a_0000, a_0001 and so on are channels of one case. To train on these, set inChannels to ${image.channels}.`,
    { path: images[0] ?? id, reason: 'number of channels' },
  );
}

/** Reads the files of one DICOM series. */
async function readSeries(
  { files, phase }: DatasetSeries,
  folder: string,
  dicom: DicomStackConfig | undefined,
): Promise<DicomVolume> {
  const study = await openDicom(files.map(dicomFile));
  // Files with many frames may hold the phases of several cases.
  const fitting = study.series.filter((one) => study.series.length === 1 || one.phase === phase);
  const series = fitting.at(0);
  if (series && fitting.length === 1) return series.read(dicom);
  throw new VoxmimError(
    'INVALID_DATA',
    `${folder} no longer holds the DICOM series that it held when the data set was opened.`,
    'Leave the files alone while a run reads them.',
    { path: folder, reason: 'series changed' },
  );
}
