import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { type Volume, VoxmimError } from '@voxmim/core';

import { writeNifti, type WriteNiftiOptions } from '../nifti/write-nifti.js';
import { writeFileWhole, type WriteFileOptions } from '@voxmim/core/node';

const compress = promisify(gzip);

/** How {@link writeVolume} writes. */
export type WriteVolumeOptions = WriteNiftiOptions & Pick<WriteFileOptions, 'ownerOnly'>;

/**
 * Writes a volume as NIfTI-1, gzipped where the name ends in `.gz`, whole or not at all.
 *
 * @throws `UNSUPPORTED_FILE` for other names, `WRITE_FAILED`, and what `writeNifti` throws
 */
export async function writeVolume(
  path: string,
  volume: Volume,
  { ownerOnly = false, ...options }: WriteVolumeOptions,
): Promise<void> {
  checkNiftiName(path);
  const bytes = writeNifti(volume, options);
  await writeFileWhole(
    path,
    path.toLowerCase().endsWith('.gz') ? await compress(bytes, { level: 4 }) : bytes,
    { ownerOnly },
  );
}

/**
 * Refuses names that are not written, before any work is done.
 *
 * @throws `UNSUPPORTED_FILE`
 */
export function checkNiftiName(path: string): void {
  if (/\.nii(\.gz)?$/i.test(path)) return;
  throw new VoxmimError(
    'UNSUPPORTED_FILE',
    `Cannot write ${path}: only NIfTI is written.`,
    'Give a name that ends in .nii or .nii.gz.',
    { path, feature: 'output format' },
  );
}
