import {
  isVoxmimError,
  type Shape3,
  type Volume,
  VoxmimError,
  type VolumeReaders,
  type DatasetCase,
} from '@voxmim/core';

import { type Sample, preprocess, type Prepared, type PreprocessingConfig } from '@voxmim/volumes';
import type { DicomStackConfig } from '@voxmim/formats/dicom';
import type { CacheConfig } from '../../cache-config.js';
import { CachedCase } from '../cache/cached-case.js';
import { type CropSource, MemorySource } from '../cache/crop-source.js';
import { MemoryBudget } from '../cache/memory-budget.js';
import { VolumeCache } from '../cache/volume-cache.js';
import type { Dataset } from '../dataset.js';
import { type ReadLabels, readLabels } from '../read-labels.js';
import { readCaseImage } from './read-case.js';

/** All that prepared voxels depend on beside the files; part of the key of cached cases. */
export interface CaseRecipe {
  readonly preprocessing: PreprocessingConfig;
  /** How DICOM series are read; without it by the defaults. */
  readonly dicom?: DicomStackConfig;
  /** Channels that a case must have. */
  readonly inChannels: number;
  /** Classes of the label maps, background counted; without it no label map is read. */
  readonly numClasses?: number;
  /** Volumes are padded to this: the crop of training. */
  readonly leastShape: Shape3;
}

/** How a {@link CaseStore} prepares and keeps cases. */
export interface CaseStoreOptions {
  readonly recipe: CaseRecipe;
  /** Where prepared cases are kept on disk; null: nowhere. */
  readonly cache: CacheConfig | null;
  /** Memory for prepared cases, in MiB; at least one is kept. */
  readonly memoryMiB: number;
  /** Of formats that are not built in. */
  readonly readers?: VolumeReaders;
  /** Told what preprocessing had to do to a case, and what the cache could not do. */
  readonly onNote?: (note: string) => void;
}

/**
 * Prepares cases on demand, keeps them on disk, and the most recently used voxels in memory. What it
 * gives depends on files and recipe only: caches change speed, never results.
 */
export class CaseStore {
  readonly dataset: Dataset;
  readonly options: CaseStoreOptions;
  readonly #cases: ReadonlyMap<string, DatasetCase>;
  readonly #cache: VolumeCache | undefined;
  /** Cases that were prepared here, whole; chunks of cached ones. */
  readonly #memory: MemoryBudget<object>;
  readonly #pending = new Map<string, Promise<MemorySource | CachedCase>>();
  readonly #noted = new Set<string>();

  constructor(dataset: Dataset, options: CaseStoreOptions) {
    const { cache, memoryMiB, onNote } = options;
    this.dataset = dataset;
    this.options = options;
    this.#cases = new Map(dataset.cases.map((entry) => [entry.id, entry]));
    this.#cache = cache ? new VolumeCache(cache, onNote) : undefined;
    this.#memory = new MemoryBudget(memoryMiB * 2 ** 20);
  }

  /** The files of a case. @throws `INVALID_DATA` when the data set has none of this id */
  entry(id: string): DatasetCase {
    const entry = this.#cases.get(id);
    if (entry) return entry;
    throw new VoxmimError(
      'INVALID_DATA',
      `${this.dataset.root} has no case "${id}".`,
      'Use the data set that the run was made with.',
      { path: this.dataset.root, reason: `no case ${id}` },
    );
  }

  /**
   * Reads and prepares a case from its files, whatever is cached.
   *
   * @throws what reading throws; `INVALID_DATA` for images that cannot be prepared
   */
  async prepare(id: string): Promise<Prepared> {
    const entry = this.entry(id);
    const { recipe, readers } = this.options;
    const { preprocessing, leastShape } = recipe;
    const { image, notes } = await readCaseImage(entry, { ...recipe, ...(readers && { readers }) });
    const labels = await this.#readLabels(entry, image);
    const prepared = preprocess(image, labels, preprocessing, {
      origin: originOf(entry),
      leastShape,
    });
    const told = labels?.notes.map((note) => `${entry.label}: ${note}`) ?? [];
    const all = [...notes, ...told, ...prepared.notes];
    this.#tell(id, all);
    return { ...prepared, notes: all };
  }

  /** The prepared image of a case, whole, and its labels where it has any. */
  async volumes(id: string): Promise<Sample> {
    return this.use(id, (source) => source.crop({ origin: [0, 0, 0], shape: source.shape }));
  }

  /**
   * Does something with a prepared case, such as cutting a crop. It is done twice where the case turns out to
   * be damaged in the cache, the second time from the files.
   *
   * @throws as {@link prepare}
   */
  async use<Result>(id: string, work: (source: CropSource) => Result): Promise<Result> {
    const source = await this.#source(id);
    try {
      return work(source);
    } catch (error) {
      if (!(source instanceof CachedCase) || !isVoxmimError(error, 'INVALID_FILE')) throw error;
      this.#memory.delete(id);
      await this.#cache?.remove(source.key);
      return work(await this.#source(id));
    }
  }

  /**
   * Sees to it that the cache has a case.
   *
   * @returns whether it was there already
   * @throws as {@link prepare}; `WRITE_FAILED` where the cache cannot take it
   */
  async ensureCached(id: string): Promise<boolean> {
    const key = await this.#key(this.entry(id));
    if (key !== undefined && (await this.#cache?.open(key))) return true;
    await this.#prepareAndCache(id, key);
    if (key !== undefined && this.#cache?.has(key)) return false;
    throw new VoxmimError(
      'WRITE_FAILED',
      `Case ${id} was prepared, but the cache could not take it.`,
      'Check free space and permissions of data.cache.dir, and raise data.cache.maxGiB.',
      { path: this.#cache?.folder ?? '' },
    );
  }

  /** One at a time for each case, and then from memory. */
  async #source(id: string): Promise<MemorySource | CachedCase> {
    const held = this.#memory.get(id);
    if (held instanceof MemorySource || held instanceof CachedCase) return held;
    const begun = this.#pending.get(id);
    if (begun) return begun;
    const opening = this.#open(id);
    this.#pending.set(id, opening);
    try {
      const source = await opening;
      this.#memory.set(id, source, source.bytes);
      return source;
    } finally {
      this.#pending.delete(id);
    }
  }

  async #open(id: string): Promise<MemorySource | CachedCase> {
    const entry = this.entry(id);
    const key = await this.#key(entry);
    const file = key === undefined ? undefined : await this.#cache?.open(key);
    if (key !== undefined && file) {
      const notes = file.header.notes.map((note) => withPaths(note, entry));
      this.#tell(id, notes);
      return new CachedCase(key, file, this.#memory);
    }
    return new MemorySource(await this.#prepareAndCache(id, key));
  }

  async #prepareAndCache(id: string, key: string | undefined): Promise<Prepared> {
    const prepared = await this.prepare(id);
    const entry = this.entry(id);
    // Files that changed while they were read may be neither what the key says nor what it said.
    if (key === undefined || key !== (await this.#key(entry))) return prepared;
    const notes = prepared.notes.map((note) => withoutPaths(note, entry));
    await this.#cache?.put(key, { ...prepared, notes });
    return prepared;
  }

  /** Undefined without a cache, and for files that cannot be read: preparing them tells why. */
  async #key(entry: DatasetCase): Promise<string | undefined> {
    const { recipe } = this.options;
    const { label, ...unlabeled } = entry;
    const read = recipe.numClasses === undefined || label === undefined ? unlabeled : entry;
    const readers = this.#versionsOf(read);
    const facts = readers.length > 0 ? { ...recipe, readers } : recipe;
    return this.#cache?.keyOf(read, facts).catch(() => undefined);
  }

  /** Readers that are not built in, of the files of a case. */
  #versionsOf({ images, label }: DatasetCase): (readonly [name: string, version: number])[] {
    return [...images, label ?? ''].flatMap((path) => {
      const reader = this.options.readers?.find(path);
      return reader ? [[reader.name, reader.version ?? 0] as const] : [];
    });
  }

  #tell(id: string, notes: readonly string[]): void {
    if (this.#noted.has(id) || notes.length === 0) return;
    this.#noted.add(id);
    for (const note of notes) this.options.onNote?.(note);
  }

  async #readLabels(
    { label }: DatasetCase,
    image: Volume,
  ): Promise<ReadLabels<Uint8Array> | undefined> {
    const { numClasses } = this.options.recipe;
    if (numClasses === undefined || label === undefined) return undefined;
    return readLabels(label, numClasses, image, this.options.readers);
  }
}

function originOf({ images }: DatasetCase): string {
  return images.join(', ');
}

/** What stands for the paths in notes of cached cases: the next data set may have the bytes elsewhere. */
function placeholders(entry: DatasetCase): (readonly [path: string, sign: string])[] {
  const { images, label } = entry;
  const signs = images.map((path, channel) => [path, `{image ${channel}}`] as const);
  return [[originOf(entry), '{origin}'], ...signs, ...(label ? [[label, '{label}'] as const] : [])];
}

function withoutPaths(note: string, entry: DatasetCase): string {
  return placeholders(entry).reduce(
    (text, [path, sign]) => text.replaceAll(path, () => sign),
    note,
  );
}

function withPaths(note: string, entry: DatasetCase): string {
  return placeholders(entry).reduce(
    (text, [path, sign]) => text.replaceAll(sign, () => path),
    note,
  );
}
