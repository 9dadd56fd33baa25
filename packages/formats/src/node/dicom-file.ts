import { readFile } from 'node:fs/promises';

import { VoxmimError } from '@voxmim/core';

import type { DicomSource } from '../dicom/dicom-slice.js';
import { firstBytes } from './first-bytes.js';
import { reasonOf } from '@voxmim/core/node';

/** A file as a source of DICOM slices; one that cannot be read is an `INVALID_FILE`. */
export function dicomFile(path: string): DicomSource {
  const fail = (error: unknown) => {
    throw new VoxmimError(
      'INVALID_FILE',
      `${path} cannot be read: ${reasonOf(error)}.`,
      'Check that it is there and that you may read it.',
      { path },
      { cause: error },
    );
  };
  return {
    path,
    bytes: () => readFile(path).catch(fail),
    head: (length) => firstBytes(path, length).catch(fail),
  };
}
