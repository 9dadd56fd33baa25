import type { Registries } from '@voxmim/core';
import { createRunRegistries, exportCheckpoint } from '@voxmim/runs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Exports one model after the other: all share the one TensorFlow.js backend. */
let last: Promise<unknown> = Promise.resolve();

/**
 * The model of a run as ONNX, exported the first time it is asked for.
 *
 * @param run the folder of a run
 * @param part what of a pretraining; it has no matter for other runs
 */
export function modelFile(
  run: string,
  part: 'outputs' | 'reconstruction',
  registries: Registries = createRunRegistries(),
): () => Promise<Uint8Array> {
  let model: Promise<Uint8Array> | undefined;
  return async () => {
    model ??= inTurn(async () => exported(run, part, registries));
    try {
      return await model;
    } catch (error) {
      model = undefined; // a run that trains may have a checkpoint the next time
      throw error;
    }
  };
}

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const mine = last.then(work);
  last = mine.catch(() => undefined);
  return mine;
}

async function exported(
  run: string,
  part: 'outputs' | 'reconstruction',
  registries: Registries,
): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'voxmim-view-'));
  try {
    const out = join(folder, 'model.onnx');
    await exportCheckpoint({ run, out, part, registries });
    return await readFile(out);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
