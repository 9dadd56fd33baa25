import { resolveStudy } from './resolve-study.js';
import { finetuneConfigOf, studyJobs } from './study-jobs.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

const vit = { name: 'vit', patchSize: [8, 8, 8], embedDim: 12, depth: 1, numHeads: 2 };
const base = {
  pretrain: { data: { path: 'data' }, crop: [16, 16, 16], encoder: vit, steps: 9, batchSize: 1 },
  finetune: { head: { name: 'light' }, steps: 2, inference: { overlap: 0 } },
  labels: [1, 'all'],
  seeds: [0, 1],
};
const resolve = (fields: object) =>
  resolveStudy({ ...base, ...fields }, { registries: createRunRegistries() });

it('runs the study of old: one pretraining, every arm at every count and seed', async () => {
  const { pretrainings, tunings, runs } = studyJobs(await resolve({}));

  expect(pretrainings.map(({ id, seed }) => [id, seed])).toEqual([
    ['pretrainings/mae-seed-42', 42],
  ]);
  expect(tunings).toEqual([]);
  expect(runs.map(({ id }) => id).slice(0, 3)).toEqual([
    'finetunings/scratch-1-labels-seed-0',
    'finetunings/mae-1-labels-seed-0',
    'finetunings/scratch-1-labels-seed-1',
  ]);
  expect(runs).toHaveLength(8);
});

it('draws labels anew for each seed, alike in all arms', async () => {
  const { runs } = studyJobs(await resolve({}));
  const labels = runs.map((job) => {
    const { labels: drawn, from } = finetuneConfigOf(job, job.settings[0]!, 'out');
    return [job.arm, drawn, from?.checkpoint ?? null];
  });

  expect(labels.slice(0, 4)).toEqual([
    ['scratch', { use: 1, seed: 0 }, null],
    ['mae', { use: 1, seed: 0 }, 'out/pretrainings/mae-seed-42'],
    ['scratch', { use: 1, seed: 1 }, null],
    ['mae', { use: 1, seed: 1 }, 'out/pretrainings/mae-seed-42'],
  ]);
});

it('fine-tunes from every pretraining, and makes one that several arms want once', async () => {
  const arms = {
    scratch: {},
    mae: { pretrain: {} },
    frozen: { pretrain: {}, finetune: { 'freeze.encoder': true } },
  };
  const study = await resolve({ arms, pretrainings: [3, 4], labels: [1], seeds: [0] });
  const { pretrainings, runs } = studyJobs(study);

  expect(pretrainings.map(({ id }) => id)).toEqual([
    'pretrainings/mae-seed-3',
    'pretrainings/mae-seed-4',
  ]);
  expect(runs.map(({ id, source }) => [id, source])).toEqual([
    ['finetunings/scratch-1-labels-seed-0', null],
    ['finetunings/mae-1-labels-seed-0-pretraining-3', 'pretrainings/mae-seed-3'],
    ['finetunings/mae-1-labels-seed-0-pretraining-4', 'pretrainings/mae-seed-4'],
    ['finetunings/frozen-1-labels-seed-0-pretraining-3', 'pretrainings/mae-seed-3'],
    ['finetunings/frozen-1-labels-seed-0-pretraining-4', 'pretrainings/mae-seed-4'],
  ]);
});

it('tunes every arm and budget on the grid, without a test case', async () => {
  const study = await resolve({
    labels: [1],
    seeds: [5],
    budgets: { short: { steps: 2 }, long: { steps: 4 } },
    tuning: { grid: { 'optimizer.learningRate': [0.1, 0.2] } },
  });
  const { tunings, runs } = studyJobs(study);

  expect(tunings.map(({ id }) => id).slice(0, 4)).toEqual([
    'tunings/scratch-short-setting-0-seed-5',
    'tunings/scratch-short-setting-1-seed-5',
    'tunings/scratch-long-setting-0-seed-5',
    'tunings/scratch-long-setting-1-seed-5',
  ]);
  expect(tunings).toHaveLength(8);
  const [first] = tunings;
  expect(finetuneConfigOf(first!, first!.settings[0]!, 'out')).toMatchObject({
    ...{ judge: false, steps: 2, seed: 5, optimizer: { learningRate: 0.1 } },
  });
  expect(runs.map(({ settings }) => settings.length)).toEqual([2, 2, 2, 2]);
});

it('names the arm whose config is wrong', async () => {
  const arms = { scratch: {}, mae: { pretrain: { stepz: 3 } } };
  await expect(resolve({ arms })).rejects.toThrow('mae: pretrain');
});
