import type { Volume } from '@voxmim/core';
import { preprocess } from '@voxmim/data';
import {
  readCaseImage,
  writeVolume,
  type DatasetCase,
  type DatasetLayoutConfig,
} from '@voxmim/data/node';
import { join } from 'node:path';

import { loadSegmenter, type LoadedSegmenter } from '../model/load-segmenter.js';
import { segmentVolume } from '../model/segment-volume.js';
import { createRegistries } from '../registries.js';
import { predictCases } from './predict-cases.js';
import type { RunOptions } from './run-options.js';
import { backendOf } from './start-run.js';

/** What {@link predict} is given. */
export interface PredictOptions extends Pick<
  RunOptions,
  'registries' | 'monitor' | 'signal' | 'backend'
> {
  /** A fine-tuning run, or one of its checkpoints. */
  readonly run: string;
  /** A volume, a folder of them, a data set, or a list of files. */
  readonly input: string;
  /** How the folder is to be read, where it does not tell by itself. */
  readonly layout?: DatasetLayoutConfig;
  /** The folder that label maps are written to, as `<case>.nii.gz`. */
  readonly out: string;
}

/** What was written. */
export interface PredictResult {
  readonly checkpoint: string;
  readonly classes: readonly string[];
  readonly files: readonly { readonly id: string; readonly path: string }[];
  /** Whether every case was done; not so when the signal fired. */
  readonly complete: boolean;
}

/**
 * Segments volumes with a trained model. Each label map is on its image's own grid and affine, in
 * the smallest integer type, and written whole or not at all.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`, `INVALID_DATA`, `CHECKPOINT_MISMATCH`, `WRITE_FAILED`
 */
export async function predict(options: PredictOptions): Promise<PredictResult> {
  const { run, input, out, monitor, registries = createRegistries() } = options;
  await backendOf({}, options);
  const loaded = await loadSegmenter(run, registries);
  const files: { id: string; path: string }[] = [];
  try {
    const { inChannels } = loaded.config;
    const { layout } = options;
    const { readers } = registries;
    const cases = await predictCases({ input, layout, readers, inChannels, monitor });
    for (const entry of cases) {
      if (options.signal?.aborted) break;
      const path = join(out, `${entry.id}.nii.gz`);
      await writeVolume(path, await segmentCase(loaded, entry, { ...options, registries }), {
        kind: 'labels',
      });
      files.push({ id: entry.id, path });
      monitor?.progress?.({
        stage: 'predicting',
        done: files.length,
        total: cases.length,
        unit: 'cases',
      });
    }
    const complete = files.length === cases.length;
    return { checkpoint: loaded.path, classes: loaded.classes, files, complete };
  } finally {
    loaded.model.dispose();
  }
}

async function segmentCase(
  { model, config }: LoadedSegmenter,
  entry: DatasetCase,
  { monitor, registries }: PredictOptions,
): Promise<Volume<Uint8Array>> {
  const { image, notes } = await readCaseImage(entry, {
    inChannels: config.inChannels,
    dicom: config.data.dicom,
    readers: registries?.readers,
  });
  const prepared = preprocess(image, undefined, config.data.preprocessing, {
    origin: entry.images.join(', '),
    leastShape: config.crop,
  });
  for (const note of [...notes, ...prepared.notes]) monitor?.note?.(note);
  return prepared.toNative(await segmentVolume(model, prepared.image, config));
}
