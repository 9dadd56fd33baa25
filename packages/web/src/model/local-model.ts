import { type Volume, VoxmimError } from '@voxmim/core';
import {
  lookOf,
  type ModelFacts,
  readModelFacts,
  segmentWindows,
  unlikeTraining,
} from '@voxmim/presets';
import { mirroredWindows, type ScoreWindows, type WindowBatch } from '@voxmim/segmentation';
import { type Prepared, preprocess } from '@voxmim/volumes';

import { readScan, type ReadScan } from '../scan/read-scan.js';
import type { Scan, Segmentation, TrainedModel, WorkOptions } from '../trained-model.js';
import { embedWindows } from './embed-windows.js';
import type { ModelSession } from './model-session.js';
import { onnxMetadata } from './onnx-metadata.js';
import { middleOf, reconstructWindow } from './reconstruct-window.js';
import { type SessionOptions, startSession } from './start-session.js';

/** A model in this thread. */
export class LocalModel implements TrainedModel {
  readonly #session: ModelSession;
  readonly #notes: readonly string[];

  private constructor(
    readonly facts: ModelFacts,
    session: ModelSession,
    notes: readonly string[],
  ) {
    this.#session = session;
    this.#notes = notes;
  }

  /**
   * Opens what `voxmim export` wrote.
   *
   * @param origin the file, for messages
   * @throws `INVALID_FILE`, `INVALID_CONFIG`; `UNSUPPORTED_FILE` for a model of a newer voxmim
   */
  static async open(
    bytes: Uint8Array,
    origin: string,
    options: Omit<SessionOptions, 'onNote'>,
  ): Promise<LocalModel> {
    const facts = onnxMetadata(bytes, origin).get('voxmim');
    if (facts === undefined) throw notOurs(origin);
    const notes: string[] = [];
    const checked = readModelFacts(facts, origin);
    const onNote = (note: string) => notes.push(note);
    return new LocalModel(
      checked,
      await startSession(bytes, origin, { ...options, onNote }),
      notes,
    );
  }

  async segment(scan: Scan, options: WorkOptions = {}): Promise<Segmentation> {
    const { facts } = this;
    if (facts.task !== 'finetune') throw cannot('segment', 'an encoder without a head');
    const { read, prepared } = await this.#prepare(scan);
    const score = facts.inference.mirror
      ? mirroredWindows(this.#score('logits'))
      : this.#score('logits');
    const inference = { ...facts.inference, batch: 1 }; // what is exported takes one window
    const found = await segmentWindows(
      score,
      prepared.image,
      { ...facts, inference },
      {
        ...options,
        origin: read.origin,
      },
    );
    const unlike = unlikeTraining(lookOf(read.volume, read.modality), facts.seen ?? undefined).map(
      (text) => `${read.origin} is unlike the training data: ${text}`,
    );
    return {
      labels: prepared.toNative(found),
      image: read.volume,
      classes: facts.classes,
      engine: this.#session.engine,
      notes: [...read.notes, ...unlike, ...prepared.notes, ...this.#notes],
    };
  }

  async embed(scan: Scan, options: WorkOptions = {}): Promise<Float32Array> {
    const { facts } = this;
    const deepest = this.#session.outputs.filter((name) => name.startsWith('level')).at(-1);
    if (deepest === undefined) throw cannot('embed', 'a model that gives no features');
    const { prepared } = await this.#prepare(scan);
    return embedWindows(this.#score(deepest), prepared.image, facts.crop, options);
  }

  async window(scan: Scan): Promise<Volume<Float32Array>> {
    const { image } = (await this.#prepare(scan)).prepared;
    return middleOf(image, this.facts.crop);
  }

  async reconstruct(
    window: Volume<Float32Array>,
    hidden: Uint8Array,
  ): Promise<Volume<Float32Array>> {
    const { facts } = this;
    if (facts.task !== 'reconstruct')
      throw cannot('reconstruct', 'not exported with --reconstruction');
    return reconstructWindow(this.#session, window, hidden, facts);
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }

  async #prepare(scan: Scan): Promise<{ read: ReadScan; prepared: Prepared }> {
    const { facts } = this;
    const read = await scanOf(scan, facts);
    const { channels } = read.volume;
    if (channels !== facts.inChannels) throw otherChannels(read.origin, channels, facts.inChannels);
    const options = { origin: read.origin, leastShape: facts.crop };
    return { read, prepared: preprocess(read.volume, undefined, facts.preprocessing, options) };
  }

  /** One output of the model as a function of windows. */
  #score(output: string): ScoreWindows {
    return async (volumes) => {
      const [found] = await this.#session.run({ volumes }, [output]);
      if (found && isBatch(found)) return found;
      throw new VoxmimError(
        'SHAPE_MISMATCH',
        `The model gives ${output} of [${found?.shape.join(', ') ?? ''}] for a window.`,
        'Export the model again, by voxmim export.',
        { expected: '[1, d, h, w, C]', received: found?.shape ?? [] },
      );
    };
  }
}

function isBatch(array: { values: Float32Array; shape: readonly number[] }): array is WindowBatch {
  return array.shape.length === 5;
}

async function scanOf(scan: Scan, { dicom }: ModelFacts): Promise<ReadScan> {
  if (isVolume(scan)) return { volume: scan, notes: [], origin: 'The scan' };
  return readScan(isList(scan) ? scan : [scan], dicom);
}

function isVolume(scan: Scan): scan is Volume {
  return 'affine' in scan;
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}

function notOurs(path: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} is an ONNX file that does not say how scans are prepared for it.`,
    'Give a model that voxmim export wrote.',
    { path },
  );
}

function cannot(what: string, why: string): VoxmimError<'UNSUPPORTED_CAPABILITY'> {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `This model cannot ${what}: it is ${why}.`,
    'Export a run that can, by voxmim export.',
    { component: 'model', capability: what },
  );
}

function otherChannels(path: string, found: number, expected: number): VoxmimError<'INVALID_DATA'> {
  const time = found > 1 && expected === 1 ? ' A series over time (4D) has one for each time.' : '';
  return new VoxmimError(
    'INVALID_DATA',
    `${path} has ${found} channels, where the model takes ${expected}.${time}`,
    expected === 1
      ? 'Give one 3D volume.'
      : `Give ${expected} volumes on one grid, one per channel, named in their order.`,
    { path, reason: 'number of channels' },
  );
}
