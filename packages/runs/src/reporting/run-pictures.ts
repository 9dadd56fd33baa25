import { parseConfig, type VolumeReaders, type Registries } from '@voxmim/core';
import { namesIfThere } from '@voxmim/core/node';
import { DatasetLayoutConfig } from '@voxmim/datasets';
import { openDataset, type Dataset } from '@voxmim/datasets/node';
import { readVolume } from '@voxmim/formats/node';
import { caseMeans } from '@voxmim/evaluation';
import { basename, join } from 'node:path';
import * as z from 'zod';

import { loadNamedPlugins } from '../plugins/load-plugins.js';
import { readEvaluation } from '../judging/saved-evaluation.js';
import { readConfig, runEntry } from '../run/run-folder.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import {
  bestMedianWorst,
  drawSegmentation,
  drawReconstruction,
  type PictureExample,
} from '@voxmim/report';

const RESTORED =
  'Where the loss normalizes patches, predictions are restored with the statistics of visible patches only, never with their own.';

const NO_INTENSITY =
  'The objective predicts no intensities: target, prediction and error are drawn by the mean size of their components.';

/** Pictures of the reconstructions that a pretraining run has saved; none where it has saved none. */
export async function readReconstructions(folder: string, most = 3): Promise<PictureExample[]> {
  const files = await namesIfThere(runEntry(folder, 'reconstructions'));
  const inFolder = new Set<string>(files);
  const inputs = files.filter((name) => name.endsWith('-input.nii.gz')).sort();
  return Promise.all(
    inputs.slice(0, most).map(async (name) => {
      const read = (what: string) =>
        readVolume(
          join(runEntry(folder, 'reconstructions'), name.replace('-input.nii', `-${what}.nii`)),
        );
      const [image, prediction, hidden] = [
        await read('input'),
        await read('prediction'),
        await read('hidden'),
      ];
      const ownTarget = inFolder.has(name.replace('-input.nii', '-target.nii'));
      const target = ownTarget ? await read('target') : null;
      return drawReconstruction({
        name: name.replace(/^\d+-/, '').replace(/-input\.nii\.gz$/, ''),
        image: { ...image, data: Float32Array.from(image.data) },
        gridShape: hidden.shape,
        hidden: Uint8Array.from(hidden.data),
        prediction: Float32Array.from(prediction.data),
        deNormalization: target ? NO_INTENSITY : RESTORED,
        ...(target && { target: { ...target, data: Float32Array.from(target.data) } }),
      });
    }),
  );
}

/** A fine-tuned run whose predictions are shown. */
export interface PicturedRun {
  readonly name: string;
  readonly folder: string;
}

const SavedConfig = z.looseObject({
  data: z.looseObject({
    path: z.string(),
    layout: DatasetLayoutConfig.prefault({ kind: 'auto' }),
  }),
  plugins: z.array(z.string()).default([]),
});

/**
 * Pictures of the best, the median and the worst test case of the first run, with the predictions of
 * all; only cases that every run has predicted are picked.
 *
 * @param registries with the readers of files, or a consent to the plugins that the run names
 * @throws `PLUGIN_NOT_ALLOWED`; what reading the data set throws, such as `NOT_FOUND` when it has moved
 */
export async function readSegmentations(
  runs: readonly PicturedRun[],
  registries: Registries = createRunRegistries(),
): Promise<PictureExample[]> {
  const [first] = runs;
  if (!first) return [];
  const scored = await Promise.all(runs.map(scoresOf));
  const shared = [...(scored[0] ?? [])].filter(([id]) => scored.every((run) => run.has(id)));
  const picked = bestMedianWorst(shared.map(([id, score]) => ({ id, score })));
  if (picked.length === 0) return [];
  const { dataset, readers } = await dataOf(first.folder, registries);
  const examples: PictureExample[] = [];
  for (const { id, rank } of picked) {
    const entry = dataset.cases.find((known) => known.id === id);
    const image = entry?.images[0];
    if (entry?.label === undefined || image === undefined) continue;
    const predictions = runs.map(async ({ name, folder }) => ({
      title: name,
      labels: await readVolume(join(runEntry(folder, 'predictions'), `${id}.nii.gz`)),
    }));
    examples.push(
      drawSegmentation({
        name: `${rank.charAt(0).toUpperCase()}${rank.slice(1)} case: ${id}`,
        image: await readVolume(image, readers),
        truth: await readVolume(entry.label, readers),
        predictions: await Promise.all(predictions),
        facts: runs.map(({ name }, index) => ({
          label: `Dice, ${name}`,
          value: scored[index]?.get(id)?.toFixed(3) ?? '',
        })),
      }),
    );
  }
  return examples;
}

async function dataOf(
  folder: string,
  registries: Registries,
): Promise<{ dataset: Dataset; readers: VolumeReaders }> {
  const config = parseConfig(SavedConfig, await readConfig(folder), runEntry(folder, 'config'));
  await loadNamedPlugins(registries, config.plugins, folder);
  const { readers } = registries;
  return { dataset: await openDataset(config.data.path, config.data.layout, readers), readers };
}

/** Mean Dice by case id under the evaluation's policy, of the cases that have a prediction on file. */
async function scoresOf({ folder }: PicturedRun): Promise<Map<string, number>> {
  const files = await namesIfThere(runEntry(folder, 'predictions'));
  const predicted = new Set(files.map((name) => basename(name, '.nii.gz')));
  const evaluation = await readEvaluation(folder);
  if (!evaluation) return new Map();
  const means = caseMeans(evaluation.cases, 'dice', evaluation.summary.policy);
  const scored = evaluation.cases.map(({ id }, index) => [id, means[index] ?? NaN] as const);
  return new Map(scored.filter(([id]) => predicted.has(id)));
}
