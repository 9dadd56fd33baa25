import { openDataset, PHANTOM_NAME, writePhantomDataset } from '@voxmim/datasets/node';
import type { StartedBackend } from '@voxmim/runtime';
import { join } from 'node:path';

import { backendOf } from '../run/start-run.js';
import type { StudyResult } from './gather-study.js';
import { resolveStudy } from './resolve-study.js';
import { runStudy, type StudyOptions } from './run-study.js';
import { checkStudyFolder } from './study-folder.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

/** Backends fast enough for the whole thing; others get the small one. */
const FAST: readonly StartedBackend['name'][] = ['onnx', 'tfjs-node', 'tfjs-node-gpu'];

/** How large a quickstart is. */
export type QuickstartSize = 'full' | 'small';

interface Preset {
  readonly volumes: number;
  readonly config: Readonly<Record<string, unknown>>;
}

const vit = (size: number, embedDim: number, depth: number, numHeads: number) => ({
  name: 'vit',
  patchSize: [size, size, size],
  embedDim,
  depth,
  numHeads,
});

/** Coarse enough that one crop holds the whole body: left and right can be told apart. */
const preprocessing = { spacing: [7, 7, 7] };

/** Flips and turns would make left kidneys of right ones. */
const augmentation = {
  flip: { probability: 0 },
  rotate90: { probability: 0 },
  shift: { probability: 0.5 },
};

const presets: Readonly<Record<QuickstartSize, Preset>> = {
  full: {
    volumes: 64,
    config: {
      pretrain: {
        data: { path: '', preprocessing, split: { validation: 4, test: 16 } },
        crop: [40, 32, 40],
        // Small tokens under a linear head: what tells organs apart is what the encoder learned, and
        // hundreds of steps fit into minutes.
        encoder: vit(4, 128, 4, 4),
        objective: { name: 'mae', decoderEmbedDim: 64, decoderDepth: 1, decoderNumHeads: 4 },
        steps: 360,
        batchSize: 8,
        // A larger rate inflates the tokens, whose inputs are all positive, and slows fine-tuning.
        optimizer: { learningRate: 3e-4 },
        schedule: { name: 'cosine', warmupSteps: 40 },
        validation: { every: 120 },
      },
      finetune: {
        head: { name: 'light' },
        steps: 240,
        batchSize: 2,
        optimizer: { learningRate: 1e-3 },
        schedule: { name: 'cosine', warmupSteps: 40 },
        augmentation,
        inference: { overlap: 0.25, batch: 1 },
        validation: { every: 30 },
      },
      labels: [4],
      seeds: [0],
    },
  },
  small: {
    volumes: 16,
    config: {
      pretrain: {
        data: {
          path: '',
          preprocessing: { spacing: [10, 10, 10] },
          split: { validation: 2, test: 6 },
        },
        crop: [24, 24, 24],
        encoder: vit(8, 48, 2, 4),
        objective: { name: 'mae', decoderEmbedDim: 24, decoderDepth: 1, decoderNumHeads: 2 },
        steps: 60,
        batchSize: 4,
        optimizer: { learningRate: 1e-3 },
        schedule: { name: 'cosine', warmupSteps: 10 },
        validation: { every: 30 },
      },
      finetune: {
        head: { name: 'unetr', featureSize: 4 },
        steps: 40,
        batchSize: 2,
        optimizer: { learningRate: 1e-3 },
        validation: { every: 20 },
        inference: { overlap: 0, batch: 4 },
      },
      labels: [4],
      seeds: [0],
    },
  },
};

/** What {@link quickstart} is given; `out` is the folder that everything goes to. */
export interface QuickstartOptions extends StudyOptions {
  /** By default full on a fast backend, else small. */
  readonly size?: QuickstartSize;
  /** Of the phantoms. */
  readonly seed?: number;
  /** Changes to the config of its study, such as `pretrain.steps=10`. */
  readonly set?: readonly string[];
}

/**
 * The main job in one call: draws a synthetic data set, pretrains with MAE, fine-tunes on few labels
 * from scratch and from the pretraining, judges both on volumes never seen, and writes a report.
 */
export async function quickstart(options: QuickstartOptions): Promise<StudyResult> {
  const { out, seed = 1, set = [], monitor, registries = createRunRegistries() } = options;
  await checkStudyFolder(out, options);
  const backend = await backendOf({}, options);
  const size = options.size ?? (FAST.includes(backend.name) ? 'full' : 'small');
  const { volumes, config } = presets[size];
  const folder = join(out, 'data');
  await drawPhantoms(folder, volumes, seed, options);
  const small = 'all is small and shows only that it runs';
  monitor?.note?.(
    size === 'full'
      ? 'Pretraining and two fine-tunings follow: about 6 minutes on two cores.'
      : options.size
        ? `As asked for, ${small}.`
        : `The backend ${backend.name} is slow, so ${small}; see "voxmim backends".`,
  );
  const study = await resolveStudy(config, {
    registries,
    origin: `quickstart (${size})`,
    set: [...set, `pretrain.data.path=${folder}`],
  });
  return runStudy(study, { ...options, registries, backend });
}

async function drawPhantoms(
  folder: string,
  count: number,
  seed: number,
  { monitor, resume = false, force = false }: StudyOptions,
): Promise<void> {
  const found = await openDataset(folder).catch(() => undefined);
  const isOurs = found === undefined || found.name === PHANTOM_NAME;
  if (isOurs && found?.cases.length === count) return;
  await writePhantomDataset(folder, {
    seed,
    count,
    force: isOurs && (resume || force),
    onVolume: (done, total) =>
      monitor?.progress?.({ stage: 'drawing phantoms', done, total, unit: 'volumes' }),
  });
}
