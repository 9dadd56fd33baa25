import { stat } from 'node:fs/promises';

import { isVoxmimError, type Volume, type VolumeReaders } from '@voxmim/core';

import type { DicomVolume } from '../dicom/open-dicom.js';
import { readHeader } from '../dicom/read-header.js';
import { readDicomSeg, SEG_CLASSES } from '../dicom/seg/read-seg.js';
import type { DicomStackConfig } from '../dicom/stack-config.js';
import { dicomFile } from './dicom-file.js';
import { readOneSeries } from './dicom-folder.js';
import { isDicomFile } from './is-dicom-file.js';
import { unpacked } from './walk-files.js';
import { readNiftiFile } from './read-nifti-file.js';

/**
 * Reads a NIfTI file (`.nii`, `.nii.gz`, or an `.hdr` and `.img` pair by either name), a DICOM file,
 * or a folder that holds one DICOM series; or what one of `readers` accepts.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED_FILE`, each naming the file; `INVALID_CONFIG`
 *   for a folder of several series, `INVALID_DATA` for a series with missing slices
 */
export async function readVolume(path: string, readers?: VolumeReaders): Promise<Volume> {
  return (await readWithNotes(path, { readers })).volume;
}

/** How {@link readWithNotes} goes about it. */
export interface ReadOptions {
  /** How DICOM series are read; by the defaults without it. */
  readonly dicom?: DicomStackConfig | undefined;
  /** Of formats that are not built in. */
  readonly readers?: VolumeReaders | undefined;
}

/** Like {@link readVolume}, with what somebody should know about the volume. */
export async function readWithNotes(
  path: string,
  { dicom, readers }: ReadOptions,
): Promise<DicomVolume> {
  const own = readers?.find(path);
  if (own) return { volume: await own.read(path), notes: [] };
  const file = await unpacked(path);
  if (await isSegFile(file)) {
    const { volume } = readDicomSeg(await dicomFile(file).bytes(), file);
    return { volume, notes: [] };
  }
  if (await isDicomPath(file)) return readOneSeries(file, dicom);
  const volume = await readNiftiFile(file);
  return { volume, notes: volume.notes };
}

/** Whether a path is a file with a DICOM Segmentation; false for what cannot be read. */
export async function isSegFile(path: string): Promise<boolean> {
  if (!(await isDicomFile(path))) return false;
  try {
    const header = await readHeader(dicomFile(path));
    return SEG_CLASSES.includes(header?.string('x00080016')?.trim() ?? '');
  } catch (error) {
    if (isVoxmimError(error)) return false; // who reads it is told why
    throw error;
  }
}

/** Whether a path is read as DICOM: a folder, a file that begins as DICOM does, or one that is named so. */
export async function isDicomPath(path: string): Promise<boolean> {
  if (/\.(dcm|dicom|ima)$/i.test(path)) return true; // what else it may be is then said of it
  const found = await stat(path).catch(() => undefined);
  return (found?.isDirectory() ?? false) || (await isDicomFile(path));
}
