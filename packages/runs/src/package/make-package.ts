import { VoxmimError, type Registries } from '@voxmim/core';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';
import { type FinetuneConfig, type PretrainConfig } from '@voxmim/presets';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { labelColor } from '@voxmim/report';
import { loadCheckpointWeights, type LoadedWeights } from '@voxmim/training/node';
import {
  encodeSafetensors,
  isPackageName,
  type ModelCard,
  type PackageContent,
  type PackageLabel,
  type PackageManifest,
  readModelPackage,
  type TensorMap,
  writeModelPackage,
} from '@voxmim/weights';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as z from 'zod';

import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import { readEvaluation, type SavedEvaluation } from '../judging/saved-evaluation.js';
import { readSplit } from '../reporting/saved-split.js';
import { exportCheckpoint, type ExportResult } from '../run/export-checkpoint.js';
import { holdsRun, runEntry } from '../run/run-folder.js';
import type { RunOptions } from '../run/run-options.js';
import { softwareVersion } from '../run/software-version.js';
import { cardLimits } from './card-limits.js';
import { cardScores } from './card-scores.js';
import { measureImages } from './measured-images.js';
import { sharedConfig } from './shared-config.js';

/** What the maker of a model says of it. */
export interface PackageWords {
  /** What it is called; by default as the file. */
  readonly name?: string;
  /** Of the weights, as SPDX names it, such as `CC-BY-4.0`. */
  readonly license?: string;
  /** Such as `CT` or `MR`; DICOM series tell by themselves. */
  readonly modality?: string;
  readonly intendedUse?: string;
}

/** What {@link makePackage} is given. */
export interface MakePackageOptions
  extends PackageWords, Pick<RunOptions, 'registries' | 'monitor'> {
  /** The folder of a run. */
  readonly run: string;
  /** The `.voxmim` file to write. */
  readonly out: string;
  /** Replaces a file that is there; default false. */
  readonly force?: boolean;
}

/** What was packed. */
export interface PackageResult {
  readonly out: string;
  readonly bytes: number;
  readonly checkpoint: string;
  readonly manifest: PackageManifest;
  readonly card: ModelCard;
}

/**
 * Packs the model of a run into one file: weights, ONNX, config, labels with their colors, and a card made from
 * what the run measured. Of a fine-tuning the best checkpoint is taken. Neither case ids nor places of this
 * machine go in; plugins are named, never packed.
 *
 * @throws `NOT_FOUND` for a folder without a run; `FILE_EXISTS` without `force`; `UNSUPPORTED_FILE` for another
 *   name than `.voxmim`; what `exportCheckpoint` throws; `WRITE_FAILED`
 */
export async function makePackage(options: MakePackageOptions): Promise<PackageResult> {
  const { run, out, registries = createRunRegistries() } = options;
  if (!isPackageName(out)) throw otherName(out);
  if (!(await holdsRun(run))) throw noRun(run);
  await checkOutputs([out], { force: options.force ?? false });
  const source = await trained(run, registries);
  const { exported, onnx } = await exportedModel(source.path, { ...options, registries });
  const weights = encodeSafetensors(source.tensors);
  const sizes = { weightsBytes: weights.length, onnxBytes: onnx.length };
  const card = await cardOf(source, sizes, { ...options, registries });
  const manifest = await manifestOf(source.config, card, exported);
  const config = sharedConfig(source.config);
  const bytes = writeModelPackage({ manifest, config, card, weights, onnx }, out);
  await writeFileWhole(out, bytes);
  const written = readModelPackage(bytes, out);
  return { out, bytes: bytes.length, checkpoint: source.path, manifest: written.manifest, card };
}

/** The model of a run, and the config that it was trained with. */
interface TrainedRun {
  readonly path: string;
  readonly tensors: TensorMap;
  readonly config: PretrainConfig | FinetuneConfig;
  readonly evaluation: SavedEvaluation | undefined;
}

const Task = z.object({ task: z.enum(['pretrain', 'finetune']) });

async function trained(run: string, registries: Registries): Promise<TrainedRun> {
  const loaded = await loadBest(runEntry(run, 'checkpoints'));
  const { path, tensors } = loaded;
  const resolve = isPretraining(loaded) ? resolvePretrain : resolveFinetune;
  const config = await resolve(loaded.config, { registries, origin: path });
  return { path, tensors, config, evaluation: await readEvaluation(run) };
}

async function loadBest(checkpoints: string): Promise<LoadedWeights> {
  const last = await loadCheckpointWeights(checkpoints);
  return isPretraining(last) ? last : loadCheckpointWeights(checkpoints, 'best');
}

function isPretraining({ config }: LoadedWeights): boolean {
  return Task.safeParse(config).data?.task === 'pretrain';
}

/** The ONNX file of a checkpoint, checked against the model. */
async function exportedModel(
  checkpoint: string,
  { registries, monitor }: Pick<MakePackageOptions, 'registries' | 'monitor'>,
): Promise<{ exported: ExportResult; onnx: Uint8Array }> {
  const folder = await mkdtemp(join(tmpdir(), 'voxmim-package-'));
  try {
    const out = join(folder, 'model.onnx');
    const options = { ...(registries && { registries }), ...(monitor && { monitor }) };
    const exported = await exportCheckpoint({ ...options, run: checkpoint, out });
    return { exported, onnx: await readFile(out) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function manifestOf(
  { task, plugins, crop, inChannels, data }: PretrainConfig | FinetuneConfig,
  { name, license }: ModelCard,
  { outputs }: ExportResult,
): Promise<PackageContent['manifest']> {
  return {
    ...{ name, task, license },
    created: new Date().toISOString(),
    voxmim: (await softwareVersion()).version,
    plugins: plugins.map((plugin) => basename(plugin)),
    input: { window: [crop[0], crop[1], crop[2]], channels: inChannels },
    outputs: [...outputs],
    labels: (data.classes ?? []).map(packageLabel),
  };
}

function packageLabel(name: string, label: number): PackageLabel {
  const [red, green, blue] = label === 0 ? [0, 0, 0] : labelColor(label);
  return { label, name, color: [red, green, blue] };
}

async function cardOf(
  { config, tensors, evaluation }: TrainedRun,
  sizes: Pick<ModelCard['size'], 'weightsBytes' | 'onnxBytes'>,
  options: MakePackageOptions & { readonly registries: Registries },
): Promise<ModelCard> {
  const { run, out, registries, monitor } = options;
  const split = await readSplit(run);
  const used = split?.labeled ?? split?.train ?? [];
  const images = await measureImages(config, used, registries, monitor);
  const { task, seed, steps, encoder, inChannels } = config;
  const parts = {
    data: {
      training: split?.train.length ?? 0,
      labeled: split?.labeled?.length ?? null,
      validation: split?.validation.length ?? 0,
      test: split?.test.length ?? 0,
      modality: options.modality ?? images.modality,
      channels: inChannels,
      measured: images.measured,
    },
    training: {
      ...{ steps, seed, encoder: encoder.name },
      head: 'head' in config ? config.head.name : config.objective.name,
      pretrained: 'from' in config && config.from !== null,
    },
    scores: evaluation === undefined ? null : cardScores(evaluation),
  };
  const parameters = [...tensors.values()].reduce((sum, { values }) => sum + values.length, 0);
  return {
    name: options.name ?? basename(out).replace(/\.voxmim$/i, ''),
    task,
    license: options.license ?? null,
    intendedUse: options.intendedUse ?? null,
    size: { parameters, ...sizes },
    ...parts,
    limits: cardLimits(parts, evaluation),
  };
}

function otherName(out: string): VoxmimError<'UNSUPPORTED_FILE'> {
  return new VoxmimError(
    'UNSUPPORTED_FILE',
    `Cannot write ${out}: a package is called .voxmim.`,
    'Give a name that ends in .voxmim.',
    { path: out, feature: 'output format' },
  );
}

function noRun(run: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${run} holds no run.`,
    'Give the folder of a pretraining or fine-tuning: its record, split and scores make the card.',
    { path: run },
  );
}
