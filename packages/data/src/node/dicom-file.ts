import { readFile } from 'node:fs/promises';

import type { DicomSource } from '../dicom/dicom-slice.js';
import { firstBytes } from './first-bytes.js';

/** A file as a source of DICOM slices. */
export function dicomFile(path: string): DicomSource {
  return {
    path,
    bytes: () => readFile(path),
    head: (length) => firstBytes(path, length),
  };
}
