import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { TrainingSnapshot } from '../snapshot.js';
import type { CheckpointStore } from '../train.js';
import { checkpointContent } from './checkpoint-format.js';
import { stepFolder, stepFolders } from './find-checkpoint.js';
import { UNFINISHED, writeFailed, writeFolder } from './write-folder.js';

/** What a {@link CheckpointFolder} is told. */
export interface CheckpointFolderOptions {
  /** The resolved config of the run, saved with every checkpoint as `config.json`. */
  readonly config: unknown;
  /** Newest checkpoints that stay; default 2. The best one stays beside them. */
  readonly keep?: number;
}

/**
 * Checkpoints as folders `step-00000500`. Nothing else is kept: the newest says which one is the best.
 *
 * A checkpoint appears under its name only when all of it is on the disk: whenever the process is killed, the
 * newest is whole.
 */
export class CheckpointFolder implements CheckpointStore {
  readonly path: string;
  readonly #config: unknown;
  readonly #keep: number;

  constructor(path: string, { config, keep = 2 }: CheckpointFolderOptions) {
    this.path = path;
    this.#config = config;
    this.#keep = keep;
  }

  /**
   * @returns the checkpoint's own folder
   * @throws `WRITE_FAILED`; what was saved before is untouched
   */
  async save(snapshot: TrainingSnapshot): Promise<string> {
    const { step, best } = snapshot.state;
    const path = join(this.path, stepFolder(step));
    await writeFolder(path, checkpointContent(snapshot, this.#config));
    try {
      await this.#prune(best === null ? null : stepFolder(best.step));
    } catch (error) {
      throw writeFailed(path, error);
    }
    return path;
  }

  /** Removes what is neither recent nor the best, what kills left unfinished, and links of earlier releases. */
  async #prune(best: string | null): Promise<void> {
    const old = (await stepFolders(this.path)).slice(0, -this.#keep);
    const others = (await readdir(this.path)).filter(
      (name) => name.startsWith(UNFINISHED) || name === 'last' || name === 'best',
    );
    for (const name of [...old.filter((step) => step !== best), ...others]) {
      await rm(join(this.path, name), { recursive: true, force: true });
    }
  }
}

/** Makes the folder checkpoints go to. @throws `WRITE_FAILED` */
export async function openCheckpointFolder(
  path: string,
  options: CheckpointFolderOptions,
): Promise<CheckpointFolder> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw writeFailed(path, error);
  });
  return new CheckpointFolder(path, options);
}
