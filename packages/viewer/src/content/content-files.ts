import { type Registries, VoxmimError } from '@voxmim/core';
import { openDataset } from '@voxmim/datasets/node';
import { labelColor } from '@voxmim/report';
import {
  createRunRegistries,
  holdsRun,
  readProgress,
  readViewedRun,
  type ViewedRun,
} from '@voxmim/runs';
import { basename, resolve } from 'node:path';

import type { ViewContent } from '../view-content.js';
import { caseFiles, type ShownCase } from './case-files.js';
import { modelFile } from './model-file.js';
import { viewFile, type ViewFile, type ViewFiles } from './view-files.js';

/** What a view is opened with. */
export interface OpenViewOptions {
  readonly registries?: Registries | undefined;
  /** The most cases that are shown; the worst, where they are scored. Default 200. */
  readonly mostCases?: number | undefined;
}

/**
 * What a page shows of runs, or of volumes. Several runs are shown side by side: the cases are those of the first.
 *
 * @param paths folders of runs; or one file or folder of volumes; none: a page to drop a scan into
 * @throws `NOT_FOUND`; `INVALID_CONFIG` for runs and volumes mixed; what reading runs and data sets throws
 */
export async function contentFiles(
  paths: readonly string[],
  { registries = createRunRegistries(), mostCases = 200 }: OpenViewOptions = {},
): Promise<ViewFiles> {
  const runs = await Promise.all(paths.map(holdsRun));
  if (runs.includes(false) && paths.length > 1) throw mixed(paths[runs.indexOf(false)] ?? '');
  const files: [string, ViewFile][] = [];
  const viewed: ViewedRun[] = [];
  for (const path of runs.includes(true) ? paths : [])
    viewed.push(await readViewedRun(path, registries));
  const shown = viewed.length > 0 ? casesOf(viewed) : await volumesOf(paths, registries);
  const cases = shown.slice(0, mostCases).map((one, number) => caseFiles(one, number, registries));
  const models = viewed.map((_, index) => `models/${index}.onnx`);
  models.forEach((name, index) => {
    const path = paths[index];
    const part = viewed[index]?.task === 'pretrain' ? 'reconstruction' : 'outputs';
    if (path !== undefined) files.push(viewFile(name, modelFile(path, part, registries)));
  });
  const classes = viewed[0]?.classes ?? [];
  const content = async (): Promise<ViewContent> => ({
    title: paths.map((path) => basename(resolve(path))).join(' · '),
    classes,
    colors: Array.from({ length: 255 }, (_, index) => labelColor(index + 1)),
    runs: await Promise.all(
      viewed.map(async ({ name, task, hasModel }, index) => {
        const { status = null, curves } = await readProgress(paths[index] ?? '');
        return { name, task, status, curves, model: (hasModel && models[index]) || null };
      }),
    ),
    cases: cases.map((one) => one.content),
  });
  const json = async () => new TextEncoder().encode(JSON.stringify(await content()));
  return new Map([...files, ...cases.flatMap((one) => one.files), viewFile('view.json', json)]);
}

/** The cases of the first run, worst first, with what every run made of them. */
function casesOf(runs: readonly ViewedRun[]): ShownCase[] {
  const [first] = runs;
  const found = (first?.cases ?? []).map(({ entry }): ShownCase => {
    const predictions = runs.map(({ cases }) => {
      const same = cases.find((other) => other.entry.id === entry.id);
      return { file: same?.prediction, dice: same?.dice };
    });
    return { entry, predictions };
  });
  const score = ({ predictions }: ShownCase) => predictions[0]?.dice ?? 2;
  return found.sort((one, other) => score(one) - score(other));
}

async function volumesOf(paths: readonly string[], { readers }: Registries): Promise<ShownCase[]> {
  const [path] = paths;
  if (path === undefined) return [];
  const { cases } = await openDataset(path, undefined, readers);
  return cases.map((entry) => ({ entry, predictions: [] }));
}

function mixed(path: string): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    `${path} is no run, and several paths are compared as runs.`,
    'Give runs only, or one file or folder of volumes.',
    { path: 'paths', received: path },
  );
}
