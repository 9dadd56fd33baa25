import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runVoxmim, type Moment } from './process.mts';

/** Something that is killed, and what it should have come to. */
export interface Job {
  readonly name: string;
  /** The command line of a first start, or of going on. */
  readonly argv: (out: string, again: boolean) => readonly string[];
  /** What is compared: the folder itself, or the cache that it filled. */
  readonly compared: (out: string) => string;
  /** The folder of a run that never stopped. */
  readonly straight: string;
  /** About how long it takes. */
  readonly milliseconds: number;
  readonly moments: readonly Moment[];
}

const TRAINING: readonly Moment[] = [
  'any',
  'any',
  'firstFile',
  'halfWritten',
  'unfinishedCheckpoint',
  'checkpoint',
  'report',
];

/** Makes small data and configs in `root`, and every job's straight run. */
export async function jobs(root: string): Promise<Job[]> {
  const data = join(root, 'data');
  await must(['phantom', data, '--count', '6', '--seed', '5']);
  const configs = await writeConfigs(root, data);
  const model = join(root, 'model');
  const source = join(root, 'source');
  await must(['pretrain', configs.pretrain, '--out', source]);
  const planned: Omit<Job, 'straight' | 'milliseconds'>[] = [
    trained('pretrain', configs.pretrain),
    trained('finetune', configs.finetune, ['--set', `from.checkpoint=${source}`]),
    {
      name: 'predict',
      argv: (out) => ['predict', model, join(data, 'imagesTr'), '--out', out, '--force', '--backend', 'cpu'], // prettier-ignore
      compared: (out) => out,
      moments: ['any', 'halfWritten', 'prediction'],
    },
    {
      name: 'preprocess',
      argv: (out) => ['preprocess', configs.pretrain, '--set', `data.cache.dir=${out}`],
      compared: (out) => join(out, 'v1'),
      moments: ['any', 'firstFile', 'halfWritten'],
    },
    {
      name: 'study',
      argv: (out, again) => ['study', configs.study, '--out', out, ...(again ? ['--resume'] : [])],
      compared: (out) => out,
      moments: [...TRAINING, 'any', 'any'],
    },
  ];
  await must(['finetune', configs.finetune, '--out', model]);
  const ready: Job[] = [];
  for (const job of planned) {
    const straight = join(root, `straight-${job.name}`);
    const begun = performance.now();
    await must(job.argv(straight, false));
    ready.push({ ...job, straight, milliseconds: performance.now() - begun });
  }
  return ready;
}

/** Goes on by the same command with --resume: also where the first one was killed before there was a run. */
function trained(name: string, config: string, more: readonly string[] = []) {
  return {
    name,
    argv: (out: string, again: boolean) => [name, config, '--out', out, ...more, ...(again ? ['--resume'] : [])], // prettier-ignore
    compared: (out: string) => out,
    moments: TRAINING,
  };
}

async function must(argv: readonly string[]): Promise<void> {
  const { code, said } = await runVoxmim(argv);
  if (code !== 0) throw new Error(`voxmim ${argv.join(' ')} ended with ${code}: ${said}`);
}

async function writeConfigs(root: string, data: string) {
  const shared = {
    seed: 3,
    backend: 'cpu',
    data: {
      path: data,
      preprocessing: { spacing: [14, 14, 14] },
      split: { validation: 1, test: 1 },
      workers: 0,
      cache: { dir: join(root, 'cache') },
    },
    crop: [16, 16, 16],
    encoder: { name: 'vit', patchSize: [8, 8, 8], embedDim: 12, depth: 1, numHeads: 2 },
    batchSize: 1,
    schedule: { name: 'cosine', warmupSteps: 1 },
    checkpoint: { every: 2 },
  };
  const pretrain = {
    ...shared,
    objective: { name: 'mae', decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 },
    steps: 8,
    validation: { every: 4, crops: 1 },
  };
  const finetune = {
    head: { name: 'light' },
    steps: 6,
    inference: { overlap: 0 },
    validation: { every: 3, cases: 1 },
  };
  await mkdir(root, { recursive: true });
  return {
    pretrain: await write(root, 'pretrain', { task: 'pretrain', ...pretrain }),
    finetune: await write(root, 'finetune', { task: 'finetune', ...shared, ...finetune }),
    study: await write(root, 'study', {
      task: 'study',
      pretrain,
      finetune: { ...finetune, batchSize: 1, schedule: shared.schedule, checkpoint: { every: 2 } },
      labels: [2],
      seeds: [0],
    }),
  };
}

async function write(root: string, name: string, config: object): Promise<string> {
  const path = join(root, `${name}.yaml`);
  await writeFile(path, JSON.stringify(config));
  return path;
}
