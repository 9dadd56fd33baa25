import {
  type AnyVoxmimError,
  createRandom,
  isUnreadable,
  type Random,
  VoxmimError,
  type DrawnSample,
  type SampleRequest,
  type SampleSource,
  type SampleTarget,
} from '@voxmim/core';

import {
  augment,
  type Sample,
  type ClassBalance,
  columnOfClass,
  drawClassCenter,
  boxAround,
  columnOfRank,
  type CropBalance,
  drawCenter,
  movedCrop,
  uniformCrops,
} from '@voxmim/volumes';
import type { CropSource } from '../cache/crop-source.js';
import type { CaseStore } from '../cases/case-store.js';
import type { SampleOptions } from './sample-options.js';

/** Draws samples in this thread. */
export class SampleDrawer implements SampleSource {
  readonly #store: CaseStore;
  readonly #options: SampleOptions;
  readonly #note: ((text: string) => void) | undefined;
  /** Cases that were skipped, and why. */
  readonly #skipped = new Map<string, AnyVoxmimError>();

  constructor(store: CaseStore, options: SampleOptions, note?: (text: string) => void) {
    this.#store = store;
    this.#options = options;
    this.#note = note;
  }

  async draw(request: SampleRequest, target: SampleTarget): Promise<DrawnSample> {
    const { id, sample } = await this.sample(request);
    target.voxels.set(sample.image.data);
    if (sample.labels) target.labels?.set(sample.labels.data);
    return { id, affine: sample.image.affine };
  }

  /** The sample itself. */
  async sample(request: SampleRequest): Promise<{ readonly id: string; readonly sample: Sample }> {
    const { onError, ids } = this.#options;
    const first = ids.indexOf(request.id);
    // What is held out is never replaced: another case would be measured under its name.
    if (onError === 'stop' || first < 0) {
      return { id: request.id, sample: await this.#cut(request.id, request) };
    }
    for (let later = 0; later < ids.length; later++) {
      const id = later === 0 ? request.id : (ids[(first + later) % ids.length] ?? '');
      if (this.#skipped.has(id)) continue;
      try {
        return { id, sample: await this.#cut(id, request) };
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        this.#skip(id, error);
      }
    }
    throw new VoxmimError(
      'INVALID_DATA',
      `None of the ${ids.length} cases of the run can be read.`,
      'Read the notes on each above; set data.onError to stop to see the first.',
      { path: this.#store.dataset.root, reason: 'no readable case' },
    );
  }

  ensureCached(id: string): Promise<boolean> {
    return this.#store.ensureCached(id);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #skip(id: string, error: AnyVoxmimError): void {
    if (this.#skipped.has(id)) return; // by another draw, meanwhile
    this.#skipped.set(id, error);
    this.#note?.(`Case ${id} is left out, and the next one used instead. ${error.message}`);
  }

  async #cut(id: string, request: SampleRequest): Promise<Sample> {
    const { seed, crop, balance, augmentation } = this.#options;
    const cut = await this.#store.use(id, (source) => {
      const random = createRandom(seed, ...request.crop);
      const center = balance && drawPlace(source, balance, random);
      const box = center
        ? boxAround(center.row, center.column, source.shape, crop)
        : uniformCrops(source.shape, crop)(random);
      const { move } = request;
      if (!move) return source.crop(box);
      const moved = movedCrop(box, source.shape, move.most, createRandom(seed, ...move.key));
      return source.crop(moved);
    });
    return augment(cut, augmentation, createRandom(seed, ...request.augment), true);
  }
}

/** Where `balancedCrops` or `classBalancedCrops` would center a crop, looking at one row only. */
function drawPlace(
  source: CropSource,
  balance: CropBalance | ClassBalance,
  random: Random,
): { readonly row: number; readonly column: number } | undefined {
  if ('positive' in balance) {
    const center = source.census && drawCenter(source.census, balance, random);
    if (!center) return undefined;
    const { image, labels } = cutRow(source, center.row);
    return {
      row: center.row,
      column: labels ? columnOfRank(center, labels.data, image.data, source.air) : 0,
    };
  }
  const center = source.classCensus && drawClassCenter(source.classCensus, balance, random);
  if (!center) return undefined;
  const { labels } = cutRow(source, center.row);
  return { row: center.row, column: labels ? columnOfClass(labels.data, center) : 0 };
}

function cutRow(source: CropSource, row: number): Sample {
  const [, height, width] = source.shape;
  return source.crop({
    origin: [Math.floor(row / height), row % height, 0],
    shape: [1, 1, width],
  });
}
