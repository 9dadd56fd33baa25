import { mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { TrainingSnapshot } from '../snapshot.js';
import type { CheckpointStore } from '../train.js';
import { checkpointContent } from './checkpoint-format.js';
import { UNFINISHED, flushFolder, writeFailed, writeFolder } from './write-folder.js';

/** What a {@link CheckpointFolder} is told. */
export interface CheckpointFolderOptions {
  /** The resolved config of the run, saved with every checkpoint as `config.json`. */
  readonly config: unknown;
  /** Newest checkpoints that stay; default 2. The best one stays beside them. */
  readonly keep?: number;
}

/** What the folder of a checkpoint is called: `step-00000500`. */
export const STEP_FOLDER = /^step-\d{8,}$/;

/**
 * Checkpoints as folders `step-00000500` with the links `last` and `best` beside them.
 *
 * A checkpoint appears under its name only when all of it is on the disk, and a link is replaced in
 * one go: whenever the process is killed, `last` is a whole checkpoint.
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
  async save(snapshot: TrainingSnapshot, { best }: { readonly best: boolean }): Promise<string> {
    const name = `step-${String(snapshot.state.step).padStart(8, '0')}`;
    const path = join(this.path, name);
    await writeFolder(path, checkpointContent(snapshot, this.#config));
    try {
      await this.#point('last', name);
      if (best) await this.#point('best', name);
      await this.#prune();
    } catch (error) {
      throw writeFailed(path, error);
    }
    return path;
  }

  async #point(link: 'last' | 'best', name: string): Promise<void> {
    const fresh = join(this.path, `${UNFINISHED}${link}`);
    await rm(fresh, { force: true });
    await symlink(name, fresh, 'junction');
    await rename(fresh, join(this.path, link));
    await flushFolder(this.path);
  }

  /** Removes what is neither recent nor linked, and what kills left unfinished. */
  async #prune(): Promise<void> {
    const names = await readdir(this.path);
    const linked = await Promise.all(['last', 'best'].map((link) => this.#target(link)));
    const old = names
      .filter((name) => STEP_FOLDER.test(name))
      .sort()
      .slice(0, -this.#keep);
    const unwanted = [
      ...old.filter((name) => !linked.includes(name)),
      ...names.filter((name) => name.startsWith(UNFINISHED)),
    ];
    for (const name of unwanted) await rm(join(this.path, name), { recursive: true, force: true });
  }

  async #target(link: string): Promise<string | null> {
    const target = await readlink(join(this.path, link)).catch(() => null);
    return target === null ? null : basename(target);
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
