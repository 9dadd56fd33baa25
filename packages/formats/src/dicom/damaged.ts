import { VoxmimError } from '@voxmim/core';

/** The error for a DICOM file whose pixels cannot be decoded. */
export function damagedPixels(
  path: string,
  reason: string,
  cause?: unknown,
): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} is damaged: ${reason}.`,
    'Copy or export the file again.',
    { path },
    { cause },
  );
}
