import { findCheckpoint, readJsonlLog } from '@voxmim/training/node';
import { affineOf, createRandom, registered, type TaskSource } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

import { resolvePretrain } from '../config/resolve-config.js';
import { openRunData } from '../batches/run-data.js';
import { nestedSubset } from '../batches/split.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { pretrainTask } from '../tasks/pretraining.js';
import { pretrain } from './pretrain.js';
import { taskParsing } from '@voxmim/presets';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-pretrain-'));
  for (let index = 0; index < 6; index++) {
    const random = createRandom(index, 'volume');
    const data = Float32Array.from({ length: 10 ** 3 }, () => random.normal());
    const grid = { shape: [10, 10, 10], channels: 1, affine: affineOf([1, 1, 1]) } as const;
    const path = (folder: string) => join(root, 'data', folder, `case_${index}.nii.gz`);
    await writeVolume(path('imagesTr'), { data, ...grid }, { kind: 'image' });
    const labels = Uint8Array.from(data, (value) => (value > 1 ? 1 : 0));
    await writeVolume(path('labelsTr'), { data: labels, ...grid }, { kind: 'labels' });
  }
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const split = {
  cases: {
    train: ['case_0', 'case_1', 'case_2'],
    validation: ['case_3', 'case_4'],
    test: ['case_5'],
  },
};

/** Runs a tiny pretraining in a folder of its own. */
async function run(
  name: string,
  { data = 'data', probeCases = 2, ...more }: Record<string, unknown>,
  registries = createRunRegistries(),
) {
  const config = await resolvePretrain(
    {
      ...{ backend: 'cpu', crop: [8, 8, 8], steps: 2, batchSize: 2, tensorBoard: false },
      data: {
        path: join(root, String(data)),
        classes: ['background', 'bright'],
        split,
        cache: null,
      },
      encoder: { name: 'vit', patchSize: [4, 4, 4], embedDim: 12, depth: 1, numHeads: 2 },
      validation: { every: 1, crops: 4, probeCases },
      ...more,
    },
    { registries },
  );
  const out = join(root, name);
  const notes: string[] = [];
  await pretrain(config, { out, registries, monitor: { note: (text) => void notes.push(text) } });
  const lines = await readJsonlLog(join(out, 'metrics.jsonl'));
  const evaluations = lines.filter(({ event }) => event === 'evaluation');
  const metrics = z.record(z.string(), z.number()).parse(evaluations.at(-1)?.['metrics']);
  const weights = await readFile(
    join(await findCheckpoint(join(out, 'checkpoints')), 'model.safetensors'),
  );
  return { metrics, notes, weights };
}

it('gives crops room where volumes are small', async () => {
  const registries = createRunRegistries();
  const parsing = taskParsing('pretrain', registries, 'config');
  const config = await resolvePretrain(
    {
      ...{ steps: 1, crop: [8, 8, 8], room: [0, 2, 6] },
      data: { path: join(root, 'data'), cache: null },
      encoder: { name: 'vit', patchSize: [4, 4, 4] },
    },
    { registries },
  );
  const read = (source: TaskSource) =>
    registered(pretrainTask).configure(config, parsing).read(source);
  const { store } = await openRunData(config, { read });
  expect((await store.prepare('case_0')).image.shape).toEqual([10, 10, 14]);
});

const mae = {
  objective: { name: 'mae', decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 },
};
const simclr = { objective: { name: 'simclr', projectionDim: 6 } };

describe.each([
  ['mae', mae],
  ['simclr', simclr],
])('a linear probe beside %s', (name, objective) => {
  it('is logged beside that of the untrained encoder, and changes no weight', async () => {
    const watched = await run(`${name}-watched`, objective);
    const alone = await run(`${name}-alone`, { ...objective, probeCases: 0 });
    expect(watched.notes.filter((text) => text.startsWith('step '))).toEqual([]);
    expect(watched.weights).toEqual(alone.weights);
    expect(watched.metrics['linearProbe/encoder']).toEqual(expect.any(Number));
    expect(watched.metrics['linearProbe/untrained']).toEqual(expect.any(Number));
    expect(watched.metrics['linearProbe/encoder']).not.toBe(
      watched.metrics['linearProbe/untrained'],
    );
    const { 'linearProbe/encoder': _, 'linearProbe/untrained': __, ...others } = watched.metrics;
    expect(alone.metrics).toEqual(others);
  }, 60_000);
});

it('reads no label of a test case, and goes on without a probe where one of training is damaged', async () => {
  const broken = async (folder: string, id: string) => {
    await cp(join(root, 'data'), join(root, folder), { recursive: true });
    await writeFile(join(root, folder, 'labelsTr', `${id}.nii.gz`), 'no volume');
    return run(`run-${folder}`, { ...mae, data: folder });
  };
  const unseen = await broken('broken-test', 'case_5');
  expect(unseen.metrics).toHaveProperty(['linearProbe/encoder']);
  const damaged = await broken('broken-train', 'case_0');
  expect(damaged.metrics).not.toHaveProperty(['linearProbe/encoder']);
  expect(damaged.notes).toContainEqual(expect.stringContaining('No linear probe watches this run'));
}, 60_000);

it('hides nothing for a contrastive objective, and says where batches are larger than the data', async () => {
  const { metrics, notes } = await run('views', { ...simclr, batchSize: 4 });
  expect(metrics['top1/chance']).toBeCloseTo(1 / 3, 6);
  expect(notes).toContainEqual(expect.stringContaining('holds some of the 3 training cases twice'));
  expect(notes).toContainEqual(expect.stringContaining('compares 2 cases at a time'));
}, 60_000);

it('sees as many of the training volumes as it is given, and reads no other', async () => {
  const [seen, ...others] = nestedSubset(split.cases.train, 3, 0);
  await cp(join(root, 'data'), join(root, 'few'), { recursive: true });
  for (const id of others) {
    await writeFile(join(root, 'few', 'imagesTr', `${id}.nii.gz`), 'no volume');
  }
  const { metrics } = await run('seen', { ...mae, data: 'few', probeCases: 0, cases: { use: 1 } });

  expect(seen).toBeDefined();
  expect(metrics).toHaveProperty('loss');
}, 60_000);
