import { printable, type Volume, VoxmimError } from '@voxmim/core';
import { type DicomStackConfig, readNifti } from '@voxmim/formats';
import { stackChannels } from '@voxmim/volumes';

import { bytesOf, headOf, type ScanFile } from './scan-files.js';

/** A scan, and what somebody should know about it. */
export interface ReadScan {
  readonly volume: Volume;
  readonly notes: readonly string[];
  /** As DICOM calls it; undefined where nothing tells. */
  readonly modality?: string | undefined;
  /** What it is, for messages. */
  readonly origin: string;
}

/** Enough of a file to tell DICOM. */
const HEAD_BYTES = 256;

/**
 * Reads the files of one scan: a NIfTI file, one NIfTI file per channel in the order of their names, or the
 * files of a DICOM series in any order. Bytes tell which, not names.
 *
 * @throws `NOT_FOUND` without files; `INVALID_FILE`, `UNSUPPORTED_FILE` for what is no scan, damaged or half;
 *   `INVALID_CONFIG` listing the series where there are several; `INVALID_DATA` for channels on different grids
 *   and a series that lacks slices
 */
export async function readScan(
  files: readonly ScanFile[],
  dicom: Partial<DicomStackConfig>,
): Promise<ReadScan> {
  const [first] = files;
  if (first === undefined) throw nothing();
  const { DICOM_START_BYTES, looksLikeDicom, oneSeries, openDicom } =
    await import('@voxmim/formats/dicom');
  const isDicom = async (file: ScanFile) =>
    looksLikeDicom(await headOf(file, Math.max(HEAD_BYTES, DICOM_START_BYTES)));
  const kinds = await Promise.all(files.map(isDicom));
  const origin = files.length === 1 ? printable(first.name) : `The scan of ${files.length} files`;
  if (!kinds.includes(true)) return { ...(await readChannels(files)), origin };
  const study = await openDicom(
    files.map((file) => ({
      path: printable(file.name),
      bytes: async () => bytesOf(file),
      head: async (length: number) => headOf(file, length),
    })),
  );
  return { ...(await oneSeries(study, origin, dicom)), origin };
}

async function readChannels(
  files: readonly ScanFile[],
): Promise<{ volume: Volume; notes: readonly string[] }> {
  const ordered = [...files].sort((one, other) => (one.name < other.name ? -1 : 1));
  const names = ordered.map(({ name }) => printable(name));
  const read = await Promise.all(
    ordered.map(async (file, index) => readNifti(await bytesOf(file), names[index] ?? file.name)),
  );
  return {
    volume: stackChannels(read, names, names.join(', ')),
    notes: read.flatMap(({ notes }, index) =>
      notes.map((note) => `${names[index] ?? ''}: ${note}`),
    ),
  };
}

function nothing(): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    'There is no file to read.',
    'Give a NIfTI file, or the files of a DICOM series.',
    { path: '' },
  );
}
