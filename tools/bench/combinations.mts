/**
 * Steps per second and peak memory of each encoder under each objective and head, with the small encoders
 * of recipes/hippocampus on the real volumes; each combination in a process of its own. Packages must be built.
 *
 *   npx tsx tools/bench/combinations.mts --data Task04_Hippocampus
 *     [--only swin] [--steps 20] [--backend onnx]
 *
 * Prints a table of Markdown. The first five steps, which compile, are not counted.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { isVoxmimError, type RunMonitor } from '@voxmim/core';
import { createRegistries } from '@voxmim/presets';
import { finetune, pretrain, readFinetuneConfig, readPretrainConfig } from '@voxmim/runs';
import { startBackend } from '@voxmim/runtime';
import * as z from 'zod';

import { workspaceRoot } from '../scripts/workspace.mts';
import { median } from './median.mts';

const WARM_UP = 5;
/** The recipe that holds each encoder. */
const ENCODERS = new Map([
  ['vit', 'pretrain-small-simmim'],
  ['swin', 'pretrain-small-simmim-swin'],
  ['van', 'pretrain-small-simmim-van'],
]);
/** Objectives by name, with what the recipes say of them. */
const OBJECTIVES = new Map([
  ['mae', { decoderEmbedDim: 48, decoderDepth: 1, decoderNumHeads: 2 }],
  ['simmim', {}],
  ['simclr', {}],
]);
const HEADS = ['light', 'unetr', 'swinUnetr', 'upernet'];

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string', default: '' },
    steps: { type: 'string', default: '20' },
    backend: { type: 'string', default: 'onnx' },
    /** What one process of this script measures: encoder, then objective or head. */
    measure: { type: 'string' },
  },
});
if (options.data === undefined) throw new TypeError('--data names the folder of the task');

if (options.measure === undefined) await printTable();
else process.stdout.write(JSON.stringify(await measure(options.measure)));

async function printTable(): Promise<void> {
  console.log('| encoder | with | steps/s | peak MB |\n| --- | --- | --- | --- |');
  for (const encoder of ENCODERS.keys()) {
    for (const above of [...OBJECTIVES.keys(), ...HEADS]) {
      if (options.only !== '' && ![encoder, above].includes(options.only)) continue;
      const child = ['--measure', `${encoder},${above}`, ...process.argv.slice(2)];
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [...process.execArgv, import.meta.filename, ...child],
        { cwd: workspaceRoot },
      );
      const { stepsPerSecond, peakMb } = Figures.parse(
        JSON.parse(stdout.slice(stdout.indexOf('{'))),
      );
      if (stepsPerSecond === null) continue; // refused
      console.log(`| ${encoder} | ${above} | ${stepsPerSecond.toFixed(1)} | ${peakMb} |`);
    }
  }
}

/** What the child prints; no rate where the encoder cannot do what the objective or head needs. */
const Figures = z.object({ stepsPerSecond: z.number().nullable(), peakMb: z.number() });
type Figures = z.infer<typeof Figures>;

async function measure(names: string): Promise<Figures> {
  const [encoder = '', above = ''] = names.split(',');
  const root = await mkdtemp(join(tmpdir(), 'voxmim-combination-'));
  const times: number[] = [];
  const monitor: RunMonitor = {
    progress: ({ unit }) => {
      if (unit === 'steps') times.push(performance.now());
    },
  };
  try {
    const backend = await startBackend({ prefer: options.backend });
    const run = { out: join(root, 'run'), registries: createRegistries(), backend, monitor };
    if (HEADS.includes(above)) await finetune(await finetuneConfig(encoder, above), run);
    else await pretrain(await pretrainConfig(encoder, above), run);
  } catch (error) {
    if (!isVoxmimError(error, 'UNSUPPORTED_CAPABILITY')) throw error;
    return { stepsPerSecond: null, peakMb: 0 };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
  const counted = times.slice(WARM_UP);
  const gaps = counted.slice(1).map((time, at) => time - (counted[at] ?? 0));
  return {
    stepsPerSecond: 1000 / median(gaps),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function recipe(name: string): string {
  return join(workspaceRoot, 'recipes/hippocampus', `${name}.yaml`);
}

function shared(): string[] {
  return [
    `data.path=${options.data}`,
    `steps=${options.steps}`,
    'batchSize=8',
    'schedule.warmupSteps=2',
    'tensorBoard=false',
    'validation.every=1000000',
  ];
}

function pretrainConfig(encoder: string, objective: string) {
  const name = ENCODERS.get(encoder);
  if (name === undefined) throw new RangeError(`no encoder ${encoder}`);
  const fields = JSON.stringify({ name: objective, ...OBJECTIVES.get(objective) });
  const set = [...shared(), `objective=${fields}`, 'validation.probeCases=0'];
  if (objective === 'simclr') set.push('masking=null');
  return readPretrainConfig(recipe(name), {
    registries: createRegistries(),
    set,
  });
}

/** The encoder is written out by the pretraining's config, since the recipe holds the ViT. */
async function finetuneConfig(encoder: string, head: string) {
  const pretrained = await pretrainConfig(encoder, 'simmim');
  const set = [...shared(), `head=${JSON.stringify({ name: head })}`];
  set.push(`encoder=${JSON.stringify(pretrained.encoder)}`);
  return readFinetuneConfig(recipe('finetune-small'), { registries: createRegistries(), set });
}
