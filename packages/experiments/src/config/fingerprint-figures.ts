import { parseConfig, VoxmimError } from '@voxmim/core';
import { Fingerprint } from '@voxmim/data';
import { readFile } from 'node:fs/promises';

import type { DataConfig } from './data-config.js';

/**
 * Puts the figures of the fingerprint that `data` names into it, so that a stored config needs no
 * other file. A config that has them is left as it is.
 *
 * @throws `NOT_FOUND`, `INVALID_CONFIG`
 */
export async function withFingerprint(data: DataConfig): Promise<DataConfig> {
  const { intensity } = data.preprocessing;
  if (intensity.kind !== 'nnunet' || intensity.channels || intensity.file === undefined)
    return data;
  const { channels } = await readFingerprint(intensity.file);
  const figures = channels.map(({ low, high, mean, std }) => ({ low, high, mean, std }));
  const known = { ...intensity, channels: figures };
  return { ...data, preprocessing: { ...data.preprocessing, intensity: known } };
}

async function readFingerprint(path: string): Promise<Fingerprint> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new VoxmimError(
      'NOT_FOUND',
      `The fingerprint ${path} cannot be read: ${String(error)}`,
      'Write one with `voxmim inspect DIR --fingerprint FILE`.',
      { path },
      { cause: error },
    );
  }
  return parseConfig(Fingerprint, content, path);
}
