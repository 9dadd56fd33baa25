import { ClassifyEvaluation, register } from '@voxmim/classify';
import { affineOf, createRandom } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { embedCases } from '../embed/embed-cases.js';
import { readRun } from '../reporting/read-run.js';
import { predictRows } from '../run/predict-rows.js';
import { runTask } from '../run/run-task.js';
import { createRunRegistries } from './built-in-tasks.js';
import { predictsRows } from './load-task.js';
import { resolveTask } from './resolve-task.js';

const registries = createRunRegistries();
register(registries);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-classify-'));
  await mkdir(join(root, 'data'));
  const rows = ['id,label'];
  for (let index = 0; index < 10; index++) {
    const random = createRandom(index, 'volume');
    const bright = index % 2 === 1;
    // The larger part is bright, or dark: what standardizing leaves to be told.
    const data = Float32Array.from({ length: 8 ** 3 }, (_, at) =>
      at % 8 < (bright ? 6 : 2) ? 1 + 0.1 * random.normal() : 0.1 * random.normal(),
    );
    const grid = { shape: [8, 8, 8], channels: 1, affine: affineOf([1, 1, 1]) } as const;
    const path = join(root, 'data', `p${index}.nii.gz`);
    await writeVolume(path, { data, ...grid }, { kind: 'image' });
    rows.push(`p${index},${bright ? 'bright' : 'dark'}`);
  }
  await writeFile(join(root, 'labels.csv'), rows.join('\n'));
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const input = () => ({
  ...{ task: 'classify', backend: 'cpu', steps: 2, batchSize: 2, crop: [8, 8, 8] },
  data: { path: join(root, 'data'), cache: null, workers: 0, split: { validation: 2, test: 4 } },
  target: { file: join(root, 'labels.csv') },
  encoder: { name: 'vit', patchSize: [4, 4, 4], embedDim: 12, depth: 1, numHeads: 2 },
  validation: { every: 1 },
  tensorBoard: false,
});

it('trains, judges, reports and predicts a task that no source of the runs knows', async () => {
  const out = join(root, 'run');
  const configured = await resolveTask(input(), { registries });
  const result = await runTask(configured, { out, registries });

  expect(result).toMatchObject({ task: 'classify', status: 'completed' });
  const text = await readFile(join(out, 'evaluation.json'), 'utf8');
  const evaluation = ClassifyEvaluation.parse(JSON.parse(text));
  // A drawn split shares the classes out evenly.
  expect(evaluation.cases.map(({ target }) => target).sort()).toEqual([0, 0, 1, 1]);
  const report = await readRun(out, registries);
  expect(report.title).toBe('Classification: run');
  expect(report.charts.map(({ title }) => title)).toEqual(['ROC', 'Calibration']);

  expect(await predictsRows(out, registries)).toBe(true);
  const asked = { run: out, input: join(root, 'data'), registries };
  const { rows, csv } = await predictRows({ ...asked, out: join(root, 'predicted') });
  expect(rows).toHaveLength(10);
  expect((await readFile(csv, 'utf8')).split('\r\n')[0]).toBe('id,predicted,bright,dark');
  const predicted = new Map(rows.map((row) => [row.id, row['bright']]));
  if (evaluation.kind !== 'classes') throw new Error('not of classes');
  for (const { id, probabilities } of evaluation.cases)
    expect(predicted.get(id)).toBeCloseTo(probabilities[0]!, 5);
  await expect(predictRows({ ...asked, out: join(root, 'predicted') })).rejects.toMatchObject({
    code: 'FILE_EXISTS',
  });
}, 240_000);

it('finds by probes of features what they tell, on the split of the run', async () => {
  const { probes, width, cases } = await embedCases({
    ...{ run: join(root, 'run'), input: join(root, 'data'), registries },
    out: join(root, 'features'),
    probe: { target: { file: join(root, 'labels.csv'), column: 'label' } },
  });
  expect([width, cases]).toEqual([12, 10]);
  expect(probes?.split.test).toHaveLength(4);
  expect(Object.keys(probes?.probes ?? {})).toEqual(['knn', 'linear']);
}, 240_000);

it('says of a config without a task, or of another, what it is', async () => {
  const { task: _, ...unnamed } = input();
  await expect(resolveTask(unnamed, { registries })).rejects.toThrow(
    'nothing says what is trained',
  );
  await expect(resolveTask(input(), { registries, task: 'pretrain' })).rejects.toThrow(
    'it is the config of a "classify"',
  );
  await expect(resolveTask({ ...input(), task: 'clasify' }, { registries })).rejects.toThrow(
    'did you mean "classify"?',
  );
  await expect(
    resolveTask({ ...input(), loggers: [{ name: 'none' }] }, { registries }),
  ).rejects.toMatchObject({ code: 'UNKNOWN_COMPONENT' });
});
