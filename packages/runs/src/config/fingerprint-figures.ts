import { parseConfig, VoxmimError } from '@voxmim/core';
import { Fingerprint } from '@voxmim/datasets';
import { readFile } from 'node:fs/promises';

import type { DataConfig } from '@voxmim/presets';

/**
 * Puts the figures of the fingerprint that `data` names into it, so that a stored config needs no
 * other file. A config that has them is left as it is.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`, `INVALID_CONFIG`
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
  const remedy = 'Write one with `voxmim inspect DIR --fingerprint FILE`.';
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const message = `The fingerprint ${path} cannot be read: ${String(cause)}`;
    throw new VoxmimError('NOT_FOUND', message, remedy, { path }, { cause });
  });
  try {
    return parseConfig(Fingerprint, JSON.parse(text), path, remedy);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const message = `The fingerprint ${path} is not valid JSON: ${cause.message}`;
    throw new VoxmimError('INVALID_FILE', message, remedy, { path }, { cause });
  }
}
