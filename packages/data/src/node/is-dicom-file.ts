import { stat } from 'node:fs/promises';

import { DICOM_START_BYTES, looksLikeDicom } from '../dicom/dicom-start.js';
import { firstBytes } from './first-bytes.js';

/**
 * Whether a path is a file that begins as DICOM does, whatever its name; false for what is missing or
 * cannot be read.
 */
export async function isDicomFile(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    return looksLikeDicom(await firstBytes(path, DICOM_START_BYTES));
  } catch {
    return false; // who reads it is told why
  }
}
