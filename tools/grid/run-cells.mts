import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { volumeOf, type RunMonitor, type Registries } from '@voxmim/core';
import { phantomClasses } from '@voxmim/datasets';
import { readVolume } from '@voxmim/formats/node';
import { finetune, predict, pretrain, resolveFinetune, resolvePretrain } from '@voxmim/runs';
import type { StartedBackend } from '@voxmim/runtime';
import { findCheckpoint, loadCheckpointWeights } from '@voxmim/training/node';

import { runCell, type Cell, type Measured } from './cell.mts';
import { dataConfig, nativeShape } from './small-phantom.mts';
import { crop, tinyConfig } from './tiny-configs.mts';

/** Steps of a pretraining; it is stopped one before. */
const PRETRAIN_STEPS = 3;
const FINETUNE_STEPS = 2;

/** What every cell runs with. */
export interface Grid {
  /** The folder that holds the data and receives the runs. */
  readonly root: string;
  readonly registries: Registries;
  readonly backend: StartedBackend;
}

/** Stands for no mask among the names of strategies. */
export const NO_MASK = 'none';

/** Pretrains, stops, resumes, and compares with a run that never stopped. */
export function pretrainCell(grid: Grid, encoder: string, objective: string, mask: string) {
  const names = [encoder, objective, mask];
  const { registries } = grid;
  const input = {
    ...shared(grid, encoder),
    objective: tinyConfig(objective),
    masking: mask === NO_MASK ? null : tinyConfig(mask),
    steps: PRETRAIN_STEPS,
    validation: { every: PRETRAIN_STEPS, crops: 1 },
  };
  return runCell(
    names,
    () => resolvePretrain(input, { registries }),
    async (config): Promise<Measured> => {
      const whole = runFolder(grid, ...names, 'whole');
      const out = runFolder(grid, ...names);
      const watch = stopwatch();
      await pretrain(config, { ...grid, out: whole, monitor: watch.monitor });
      await pretrain(config, { ...grid, out, ...stopAfter(PRETRAIN_STEPS - 1) });
      const { status, step } = await pretrain(config, { ...grid, out, resume: true });
      if (status !== 'completed') throw new Error(`the resumed run is ${status} at step ${step}`);
      if (!(await weightsOf(out)).equals(await weightsOf(whole))) {
        throw new Error('the resumed run does not equal the unbroken one');
      }
      const parameters = await parametersOf(out);
      return { parameters, secondsPerStep: watch.secondsPerStep(), remark: 'resumed bit for bit' };
    },
  );
}

/** Fine-tunes from an encoder that a cell pretrained, all of which must be found, and predicts. */
export function finetuneCell(grid: Grid, pretrained: Cell, head: string): Promise<Cell> {
  const [encoder = '', objective = ''] = pretrained.names;
  const names = [encoder, objective, head];
  const { registries } = grid;
  const checkpoint = runFolder(grid, ...pretrained.names);
  const input = {
    ...shared(grid, encoder),
    head: tinyConfig(head),
    steps: FINETUNE_STEPS,
    from: { checkpoint, minCoverage: 1 },
    inference: { overlap: 0 },
    validation: { every: FINETUNE_STEPS, cases: 1 },
  };
  return runCell(
    names,
    () => resolveFinetune(input, { registries }),
    async (config): Promise<Measured> => {
      const out = runFolder(grid, ...names);
      const watch = stopwatch();
      await finetune(config, { ...grid, out, monitor: watch.monitor });
      const transfer = await readFile(join(out, 'transfer.txt'), 'utf8');
      const coverage = /coverage (\S+ %)/.exec(transfer)?.[1] ?? 'unknown';
      if (coverage !== '100.0 %') throw new Error(`the transfer covers ${coverage}`);
      await checkPrediction(grid, out);
      const remark = `transfer ${coverage}, predicted on the native grid`;
      return {
        parameters: await parametersOf(out),
        secondsPerStep: watch.secondsPerStep(),
        remark,
      };
    },
  );
}

function shared({ root, backend }: Grid, encoder: string) {
  return {
    backend: backend.name,
    data: dataConfig(root),
    crop,
    encoder: tinyConfig(encoder),
    batchSize: 2,
    tensorBoard: false,
  };
}

/** Predicts one case from its file and checks the label map that is written. */
async function checkPrediction({ root, registries, backend }: Grid, run: string): Promise<void> {
  const input = join(root, 'data', 'imagesTr', 'case_0.nii.gz');
  const out = join(run, 'found');
  const { files } = await predict({ run, input, out, registries, backend });
  const { shape, affine, data } = await readVolume(files[0]?.path ?? out);
  const native = await readVolume(input);
  if (shape.join() !== nativeShape.join() || affine.join() !== native.affine.join()) {
    throw new Error(
      `the prediction has shape [${shape.join(', ')}] or another affine than its case`,
    );
  }
  const isClass = (label: number) => Number.isInteger(label) && label < phantomClasses.length;
  if (data.length !== volumeOf(nativeShape) || !data.every(isClass)) {
    throw new Error('the prediction holds values that are no class');
  }
}

/** The folder of a run; names of plugins hold a slash. */
function runFolder({ root }: Grid, ...names: readonly string[]): string {
  return join(root, 'runs', names.map(encodeURIComponent).join('-'));
}

/** Ends a run after a step, which is saved. */
function stopAfter(last: number): { signal: AbortSignal; monitor: RunMonitor } {
  const controller = new AbortController();
  const progress: RunMonitor['progress'] = ({ done, unit }) => {
    if (unit === 'steps' && done === last) controller.abort();
  };
  return { signal: controller.signal, monitor: { progress } };
}

/** Takes the time between steps; the first step, which compiles, is left out. */
function stopwatch(): { monitor: RunMonitor; secondsPerStep: () => number } {
  const times: number[] = [];
  const progress: RunMonitor['progress'] = ({ unit }) => {
    if (unit === 'steps') times.push(performance.now());
  };
  const secondsPerStep = () =>
    ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000 / Math.max(1, times.length - 1);
  return { monitor: { progress }, secondsPerStep };
}

async function weightsOf(run: string): Promise<Buffer> {
  return readFile(join(await findCheckpoint(join(run, 'checkpoints')), 'model.safetensors'));
}

/** Values of everything that a run saved: the model with its objective or head, and its buffers. */
async function parametersOf(run: string): Promise<number> {
  const { tensors } = await loadCheckpointWeights(join(run, 'checkpoints', 'last'));
  let count = 0;
  for (const { shape } of tensors.values()) count += shape.reduce((product, n) => product * n, 1);
  return count;
}
