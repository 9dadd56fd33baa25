import { affineOf, createRandom } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { createRegistries } from '@voxmim/presets';
import { startBackend } from '@voxmim/runtime';
import { readJsonlLog } from '@voxmim/training/node';
import { localExchanges } from '@voxmim/testing';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import { finetune } from './finetune.js';
import { pretrain } from './pretrain.js';
import type { RunOptions } from './run-options.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-together-'));
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

const registries = createRegistries();
const fields = (accumulate: number) => ({
  ...{ backend: 'cpu', crop: [8, 8, 8], steps: 3, batchSize: 1, tensorBoard: false },
  data: {
    path: join(root, 'data'),
    classes: ['background', 'bright'],
    split: { validation: 0.4, test: 0.2 },
    cache: null,
    workers: 0,
  },
  encoder: { name: 'vit', patchSize: [4, 4, 4], embedDim: 12, depth: 1, numHeads: 2 },
  optimizer: { accumulate },
});

type Job = (accumulate: number, options: RunOptions) => Promise<unknown>;

const pretrained: Job = async (accumulate, options) => {
  const validation = { every: 3, crops: 5, probeCases: 0 };
  const objective = { name: 'mae', decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 };
  const input = { ...fields(accumulate), validation, objective };
  return pretrain(await resolvePretrain(input, { registries }), options);
};
const finetuned: Job = async (accumulate, options) => {
  const input = {
    ...fields(accumulate),
    validation: { every: 3 },
    head: { name: 'light' },
    inference: { overlap: 0 },
  };
  return finetune(await resolveFinetune(input, { registries }), options);
};

async function numbersOf(out: string): Promise<number[]> {
  const lines = await readJsonlLog(join(out, 'metrics.jsonl'));
  return lines.flatMap(({ event, loss, metrics }) =>
    [event === 'step' ? loss : Object.values(metrics ?? {})].flat().map(Number),
  );
}

it.each([
  ['pretrain', pretrained],
  ['finetune', finetuned],
])(
  '%s: two processes write one run, that of one process with two passes a step',
  async (name, job) => {
    const backend = await startBackend({ prefer: 'cpu' });
    const [one, two] = [join(root, `${name}-one`), join(root, `${name}-two`)];
    const notes: string[][] = [[], []];
    await job(2, { out: one, registries, backend });
    const results = await Promise.all(
      localExchanges(2).map((exchange, rank) =>
        job(1, {
          ...{ out: two, registries, backend, exchange },
          monitor: { note: (text) => void notes[rank]?.push(text) },
        }),
      ),
    );

    const [expected, found] = [await numbersOf(one), await numbersOf(two)];
    expect(found).toHaveLength(expected.length);
    found.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 4));
    expect((await readdir(two)).sort()).toEqual((await readdir(one)).sort());
    const config = await readFile(join(two, 'config.yaml'), 'utf8');
    expect(config).toContain('accumulate: 2');
    expect(notes[0]).toContainEqual(expect.stringContaining('2 processes: each step is of 2'));
    expect(notes[0]).toContainEqual(expect.stringMatching(/by this process: .* MB/));
    expect(notes[1]).toEqual([]);
    expect(results[1]).toMatchObject({ status: 'completed', checkpoint: null });
  },
  120_000,
);

it('refuses processes that were given different configs', async () => {
  const backend = await startBackend({ prefer: 'cpu' });
  const runs = localExchanges(2).map((exchange) =>
    pretrained(2 + 2 * exchange.rank, { out: join(root, 'other'), registries, backend, exchange }),
  );
  for (const ended of await Promise.allSettled(runs))
    expect(ended).toMatchObject({ reason: { code: 'INVALID_DATA', details: { path: 'config' } } });
}, 60_000);
