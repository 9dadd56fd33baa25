import { type Volume, VoxmimError } from '@voxmim/core';

import type { ValueRange } from './statistics.js';

/**
 * The range of each channel of an image that can be learned from.
 *
 * @param origin named in errors: the path
 * @throws `INVALID_DATA` for NaN or infinite voxels, or a channel of one value
 */
export function checkIntensities({ data, channels }: Volume, origin: string): ValueRange[] {
  return Array.from({ length: channels }, (_, channel) => {
    let lowest = Infinity;
    let highest = -Infinity;
    for (let index = channel; index < data.length; index += channels) {
      const value = data[index];
      if (!Number.isFinite(value)) throw notFinite(origin, index);
      if (value < lowest) lowest = value;
      if (value > highest) highest = value;
    }
    if (lowest < highest) return [lowest, highest];
    throw new VoxmimError(
      'INVALID_DATA',
      `${origin} has the same value ${lowest} in every voxel.`,
      'Remove the file from the data set, or export it again.',
      { path: origin, reason: 'constant image' },
    );
  });
}

function notFinite(origin: string, index: number): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${origin} has a voxel that is no finite number (at index ${index}).`,
    'Replace NaN and infinite voxels, or remove the file from the data set.',
    { path: origin, reason: 'non-finite voxel' },
  );
}
