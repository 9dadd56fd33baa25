import { stat } from 'node:fs/promises';

import type { Volume } from '@voxmim/core';

import { dicomReader } from './dicom-folder.js';
import { readNiftiFile } from './read-nifti-file.js';

/**
 * Reads a NIfTI file (`.nii`, `.nii.gz`, or an `.hdr` and `.img` pair by either name), a DICOM file
 * named `.dcm` or `.ima`, or a folder that holds one DICOM series.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED_FILE`, each naming the file; `INVALID_DATA` for a
 *   folder of several series or a series with missing slices
 */
export async function readVolume(path: string): Promise<Volume> {
  return (await isDicomPath(path)) ? dicomReader.read(path) : readNiftiFile(path);
}

/** Whether a path is read as DICOM: a folder, or a file of such a name. */
export async function isDicomPath(path: string): Promise<boolean> {
  if (/\.(dcm|dicom|ima)$/i.test(path)) return true;
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
