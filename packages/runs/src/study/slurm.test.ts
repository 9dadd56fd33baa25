import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveStudy } from './resolve-study.js';
import { slurmScripts, submitStudy } from './slurm.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

let root: string;
const path = process.env['PATH'] ?? '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-slurm-'));
  const fake = `#!/bin/sh\necho "$@" >> ${root}/calls\nwc -l < ${root}/calls | tr -d ' '\n`;
  await writeFile(join(root, 'sbatch'), fake);
  await chmod(join(root, 'sbatch'), 0o755);
});
afterAll(async () => {
  process.env['PATH'] = path;
  await rm(root, { recursive: true, force: true });
});

const study = () =>
  resolveStudy(
    {
      pretrain: {
        ...{ data: { path: 'data' }, crop: [16, 16, 16], steps: 9, batchSize: 1 },
        encoder: { name: 'vit', patchSize: [8, 8, 8], embedDim: 12, depth: 1, numHeads: 2 },
      },
      finetune: { head: { name: 'light' }, steps: 2, inference: { overlap: 0 } },
      ...{ labels: [1], seeds: [0, 1] },
    },
    { registries: createRunRegistries() },
  );
const options = () => ({
  ...{ out: join(root, 'out'), command: ['voxmim'], width: 4, options: ['--gres=gpu:1'] },
});

it('writes an array job for each stage and one that gathers', async () => {
  const scripts = await slurmScripts(await study(), options());

  expect(scripts.map(({ stage, ids }) => [stage, ids.length])).toEqual([
    ['pretrainings', 1],
    ['finetunings', 4],
    ['gather', 0],
  ]);
  expect(scripts[1]?.text).toContain('#SBATCH --array=0-3%4');
  expect(scripts[1]?.text).toContain('#SBATCH --gres=gpu:1');
  expect(scripts[1]?.text).toContain('--only "$id"');
  expect(scripts[2]?.text).toMatch(/exec voxmim study \S*study.yaml --out \S+ --gather/);
});

it('submits each stage after the one before', async () => {
  process.env['PATH'] = `${root}:${path}`;
  const submitted = await submitStudy(await study(), options());

  expect(submitted.map(({ stage, job }) => [stage, job])).toEqual([
    ['pretrainings', '1'],
    ['finetunings', '2'],
    ['gather', '3'],
  ]);
  const calls = (await readFile(join(root, 'calls'), 'utf8')).trim().split('\n');
  expect(calls[1]).toContain('--dependency=afterany:1');
  expect(calls[2]).toContain('--dependency=afterany:2');
  const runs = await readFile(join(root, 'out', 'slurm', 'finetunings.txt'), 'utf8');
  expect(runs.split('\n')[1]).toBe('finetunings/mae-1-labels-seed-0');
});

it('says what to do where there is no Slurm', async () => {
  process.env['PATH'] = join(root, 'nowhere');
  await expect(submitStudy(await study(), { ...options(), force: true })).rejects.toThrow('--jobs');
});
