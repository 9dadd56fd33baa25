import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { isVoxmimError, type DatasetCase } from '@voxmim/core';

import { PREPROCESSING_VERSION, type Prepared } from '@voxmim/volumes';
import type { CaseRecipe } from '../cases/case-store.js';
import { namesIfThere, reasonOf, writeFileWhole } from '@voxmim/core/node';
import type { CacheConfig } from '../../cache-config.js';
import { cacheFolder } from './cache-folder.js';
import { packCase } from './cached-case.js';
import { ContentHashes, sha256 } from './content-hashes.js';
import { EntryFile } from './entry-file.js';

/** A new layout of entries takes a new folder. */
const LAYOUT = 'v1';
/** The folder is measured anew after so large a share of its limit was written here. */
const MEASURED_EVERY = 0.02;
/** Room that a removal makes, so that not every new entry causes one. */
const FILLED_TO = 0.95;
/** What a crash left half-written is removed when it is this old, in milliseconds. */
const ABANDONED_AFTER = 3_600_000;

/** What happens on the way that somebody should know. */
export type CacheNote = (text: string) => void;

/**
 * Preprocessed cases on disk, under the hash of their files' bytes and of what was done to them: an entry
 * cannot be out of date. Many processes may share a folder. There are no locks: entries appear whole
 * by renaming, the same key has the same content, and a reader whose entry is removed has it rebuilt.
 */
export class VolumeCache {
  readonly folder: string;
  readonly #hashes: ContentHashes;
  readonly #limit: number;
  readonly #note: CacheNote | undefined;
  /** Bytes written since the folder was last measured; at first it was not. */
  #written = Infinity;
  #takesMore = true;

  constructor(config: CacheConfig, note?: CacheNote) {
    this.folder = cacheFolder(config);
    this.#hashes = new ContentHashes(join(this.folder, 'hashes'));
    this.#limit = config.maxGiB * 2 ** 30;
    this.#note = note;
  }

  /**
   * The key of a case: what its files hold and what is done to it, no name and no path. The order of a DICOM
   * series' files counts only where the first of several slices at one place is taken.
   *
   * @param recipe all that the result depends on, as plain data
   */
  async keyOf({ images, series, label }: DatasetCase, recipe: CaseRecipe): Promise<string> {
    const hashes: string[] = [];
    // A folder of DICOM may hold the series of several cases.
    for (const path of series?.files ?? images) hashes.push(await this.#hashes.of(path));
    if (series && recipe.dicom?.duplicateSlices !== 'first') hashes.sort();
    const labelHash = label === undefined ? null : await this.#hashes.of(label);
    return sha256(
      JSON.stringify([PREPROCESSING_VERSION, hashes, labelHash, recipe], withSortedKeys),
    );
  }

  /** Whether there is an entry. */
  has(key: string): boolean {
    return existsSync(this.#path(key));
  }

  /** The entry, or undefined where there is none or it is damaged; a damaged one is removed. */
  async open(key: string): Promise<EntryFile | undefined> {
    const path = this.#path(key);
    if (!existsSync(path)) return undefined;
    try {
      return EntryFile.open(path);
    } catch (error) {
      if (!isVoxmimError(error, 'INVALID_FILE')) throw error;
      await this.remove(key);
      return undefined;
    }
  }

  /**
   * Stores a case. Where that fails, as on a full disk, the reason is noted once and nothing more is stored
   * by this process.
   */
  async put(key: string, prepared: Prepared): Promise<void> {
    if (!this.#takesMore) return;
    const bytes = packCase(prepared);
    try {
      await writeFileWhole(this.#path(key), bytes, { durable: false, ownerOnly: this.folder });
      this.#written += bytes.length;
      if (this.#written > this.#limit * MEASURED_EVERY) await this.#makeRoom();
    } catch (error) {
      if (!isVoxmimError(error, 'WRITE_FAILED', 'READ_FAILED')) throw error;
      this.#takesMore = false;
      // Of the folder, not of the entry: every thread says the same words, and they are told once.
      this.#note?.(
        `The cache ${this.folder} takes nothing: ${reasonOf(error.cause)}. Volumes are prepared anew instead.`,
      );
    }
  }

  /** Removes an entry, where it is there. */
  async remove(key: string): Promise<void> {
    // Where it may not be removed, it is passed over again next time.
    await rm(this.#path(key), { force: true }).catch(() => undefined);
  }

  /** Bytes of all entries. @throws `READ_FAILED` */
  async size(): Promise<number> {
    return (await this.#entries()).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #path(key: string): string {
    return join(this.#entryFolder, key.slice(0, 2), key.slice(2));
  }

  get #entryFolder(): string {
    return join(this.folder, LAYOUT);
  }

  /** Removes what was not used for longest until the rest is below the limit. */
  async #makeRoom(): Promise<void> {
    this.#written = 0;
    const entries = await this.#entries();
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= this.#limit) return;
    for (const { path, bytes } of entries.sort((a, b) => a.usedAt - b.usedAt)) {
      if (total <= this.#limit * FILLED_TO) return;
      // Where another process has it open and the system forbids it, it goes next time.
      await rm(path, { force: true }).catch(() => undefined);
      total -= bytes;
    }
  }

  async #entries(): Promise<{ path: string; bytes: number; usedAt: number }[]> {
    const names = await namesIfThere(this.#entryFolder, { recursive: true });
    const entries = [];
    for (const name of names) {
      const path = join(this.#entryFolder, name);
      const found = await stat(path).catch(() => undefined);
      if (!found?.isFile()) continue;
      if (name.endsWith('.part') && Date.now() - found.mtimeMs > ABANDONED_AFTER) {
        await rm(path, { force: true }).catch(() => undefined);
        continue;
      }
      entries.push({ path, bytes: found.size, usedAt: found.mtimeMs });
    }
    return entries;
  }
}

/** Makes equal objects equal texts. */
function withSortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
