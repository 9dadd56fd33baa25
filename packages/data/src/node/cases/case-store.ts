import { VoxmimError, type Shape3, type Volume } from '@voxmim/core';

import { preprocess, type Prepared, type PreprocessingConfig } from '../../preprocess.js';
import type { Dataset, DatasetCase } from '../dataset.js';
import { readLabels } from '../read-labels.js';
import { readCaseImage } from './read-case.js';

/** Cases named in notes; the others are only mentioned. */
const NAMED_CASES = 3;

/** How a {@link CaseStore} prepares and keeps cases. */
export interface CaseStoreOptions {
  readonly preprocessing: PreprocessingConfig;
  /** Channels that a case must have. */
  readonly inChannels: number;
  /** Classes of the label maps, background counted; without it no label map is read. */
  readonly numClasses?: number;
  /** Volumes are padded to this: the crop of training. */
  readonly leastShape: Shape3;
  /** Memory for prepared cases, in MiB; at least one is kept. */
  readonly cacheMiB: number;
  /** Told what preprocessing had to do to the first few cases. */
  readonly onNote?: (note: string) => void;
}

/**
 * Prepares cases on demand and keeps the most recently used ones in memory. What it returns depends
 * on files and config only, so that a bounded cache changes speed, never results.
 */
export class CaseStore {
  readonly dataset: Dataset;
  readonly #options: CaseStoreOptions;
  readonly #cases: ReadonlyMap<string, DatasetCase>;
  /** In order of use, the oldest first. */
  readonly #kept = new Map<string, Promise<Prepared>>();
  readonly #noted = new Set<string>();
  readonly #bytes = new Map<string, number>();

  constructor(dataset: Dataset, options: CaseStoreOptions) {
    this.dataset = dataset;
    this.#options = options;
    this.#cases = new Map(dataset.cases.map((entry) => [entry.id, entry]));
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

  /** The prepared image of a case, and its labels where it has any. */
  async prepared(id: string): Promise<Prepared> {
    const held = this.#kept.get(id);
    const pending = held ?? this.#prepare(this.entry(id));
    this.#kept.delete(id);
    this.#kept.set(id, pending);
    try {
      const prepared = await pending;
      if (!held) this.#account(id, prepared);
      return prepared;
    } catch (error) {
      this.#kept.delete(id);
      throw error;
    }
  }

  async #prepare(entry: DatasetCase): Promise<Prepared> {
    const { preprocessing, inChannels, leastShape } = this.#options;
    const image = await readCaseImage(entry, inChannels);
    const labels = await this.#readLabels(entry, image);
    const origin = entry.images.join(', ');
    const prepared = preprocess(image, labels, preprocessing, { origin, leastShape });
    if (prepared.notes.length > 0 && !this.#noted.has(entry.id)) {
      this.#noted.add(entry.id);
      this.#tell(prepared.notes);
    }
    return prepared;
  }

  /** Names the first cases that something was done to, and says when it stops naming them. */
  #tell(notes: readonly string[]): void {
    const { onNote } = this.#options;
    if (this.#noted.size <= NAMED_CASES) for (const note of notes) onNote?.(note);
    if (this.#noted.size === NAMED_CASES + 1) onNote?.('More volumes are treated likewise.');
  }

  async #readLabels(
    { label }: DatasetCase,
    image: Volume,
  ): Promise<Volume<Uint8Array> | undefined> {
    const { numClasses } = this.#options;
    if (numClasses === undefined || label === undefined) return undefined;
    return readLabels(label, numClasses, image);
  }

  #account(id: string, { image, labels }: Prepared): void {
    if (!this.#kept.has(id)) return;
    this.#bytes.set(id, image.data.byteLength + (labels?.data.byteLength ?? 0));
    const limit = this.#options.cacheMiB * 2 ** 20;
    let total = [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
    for (const oldest of this.#kept.keys()) {
      if (total <= limit || oldest === id) return;
      total -= this.#bytes.get(oldest) ?? 0;
      this.#kept.delete(oldest);
      this.#bytes.delete(oldest);
    }
  }
}
