import { readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

import { DICOM_START_BYTES, looksLikeDicom } from '../dicom/dicom-start.js';
import { firstBytes } from './first-bytes.js';

/**
 * Whether a path is a file that begins as DICOM does, whatever its name; false for what is missing or
 * cannot be read, and for the voxels of an `.hdr` and `.img` pair, whose bytes may be any.
 */
export async function isDicomFile(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile() || (await isOfPair(path))) return false;
    return looksLikeDicom(await firstBytes(path, DICOM_START_BYTES));
  } catch {
    return false; // who reads it is told why
  }
}

async function isOfPair(path: string): Promise<boolean> {
  if (!/\.img$/i.test(path)) return false;
  const beside = await readdir(dirname(path));
  return beside.includes(`${basename(path).slice(0, -'.img'.length)}.hdr`);
}
