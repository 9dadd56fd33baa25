import type { Volume, VoxelArray } from '@voxmim/core';

import { decodeVoxels } from './datatype.js';
import type { NiftiHeader } from './header.js';

/**
 * The volume of a file's voxel bytes. A single channel without scaling is a view of them.
 *
 * @param bytes `header.voxelBytes` bytes
 */
export function volumeOfVoxels(bytes: Uint8Array<ArrayBuffer>, header: NiftiHeader): Volume {
  const { shape, channels, affine } = header;
  const stored = decodeVoxels(bytes, header.datatype, header.littleEndian);
  return { data: channelsLast(scaled(stored, header), channels), shape, channels, affine };
}

/** What the file's values mean; float32 where the header asks for arithmetic. */
function scaled(stored: VoxelArray, { slope, intercept }: NiftiHeader): VoxelArray {
  if (slope === 1 && intercept === 0) return stored;
  const values = new Float32Array(stored.length);
  for (let index = 0; index < values.length; index++) {
    values[index] = stored[index] * slope + intercept;
  }
  return values;
}

/** NIfTI stores one whole volume per channel; here channels vary fastest. */
function channelsLast(planes: VoxelArray, channels: number): VoxelArray {
  if (channels === 1) return planes;
  const voxels = planes.length / channels;
  const interleaved = planes.slice();
  for (let channel = 0; channel < channels; channel++) {
    for (let voxel = 0; voxel < voxels; voxel++) {
      interleaved[voxel * channels + channel] = planes[channel * voxels + voxel]!;
    }
  }
  return interleaved;
}
