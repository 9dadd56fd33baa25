import { isVoxmimError, VoxmimError } from '@voxmim/core';
import { Gunzip } from 'fflate';

import { NiftiAssembler, type NiftiVolume } from './assembler.js';

/** Deflate cannot expand data by more than this. */
export const MOST_GZIP_EXPANSION = 1032;

/** Whether bytes start as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Reads a NIfTI-1 or NIfTI-2 file, gzipped or not. Scaled values (`scl_slope`) become float32, or
 * float64 where the stored ones have 32 bits or more; 64-bit integers become float64, exact to 2⁵³.
 *
 * @param origin named in errors: the path
 * @throws `INVALID_FILE` for what is no NIfTI, truncated or damaged; `UNSUPPORTED_FILE` for colors,
 *   complex numbers, Analyze 7.5 and headers without voxels
 */
export function readNifti(bytes: Uint8Array, origin: string): NiftiVolume {
  if (!isGzip(bytes)) {
    const assembler = new NiftiAssembler(origin, bytes.length);
    assembler.push(bytes);
    return assembler.finish();
  }
  const assembler = new NiftiAssembler(origin, bytes.length * MOST_GZIP_EXPANSION);
  inflateInto(assembler, bytes, origin);
  return assembler.finish();
}

function inflateInto(assembler: NiftiAssembler, bytes: Uint8Array, origin: string): void {
  const progress = { isComplete: false };
  const stream = new Gunzip((chunk) => {
    progress.isComplete ||= assembler.push(chunk);
  });
  const step = 65_536;
  try {
    for (let start = 0; start < bytes.length && !progress.isComplete; start += step) {
      stream.push(bytes.subarray(start, start + step), start + step >= bytes.length);
    }
  } catch (error) {
    throw isVoxmimError(error) ? error : damagedGzip(origin, error);
  }
}

/** The error for a gzip stream that cannot be decoded. */
export function damagedGzip(origin: string, cause: unknown): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${origin} is a damaged or truncated gzip file.`,
    'Copy or export the file again.',
    { path: origin },
    { cause },
  );
}
