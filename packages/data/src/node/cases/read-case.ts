import { VoxmimError, type Volume } from '@voxmim/core';

import type { DatasetCase } from '../dataset.js';
import { readVolume } from '../read-volume.js';
import { stackChannels } from './stack-channels.js';

/**
 * Reads the images of a case, its modalities as channels.
 *
 * @throws what `readVolume` throws; `INVALID_DATA` for another number of channels than `inChannels`,
 *   where that is given
 */
export async function readCaseImage(
  { id, images }: DatasetCase,
  inChannels?: number,
): Promise<Volume> {
  const image = stackChannels(await Promise.all(images.map((path) => readVolume(path))), id);
  if (inChannels === undefined || image.channels === inChannels) return image;
  throw new VoxmimError(
    'INVALID_DATA',
    `${images.join(', ')}: ${image.channels} channels, where inChannels of the config is ${inChannels}.`,
    `Set inChannels to ${image.channels}, or give images with ${inChannels}.`,
    { path: images[0] ?? id, reason: 'number of channels' },
  );
}
