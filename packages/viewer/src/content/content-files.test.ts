import { affineOf, isVoxmimError, type Volume } from '@voxmim/core';
import { readNifti } from '@voxmim/formats';
import { writeVolume } from '@voxmim/formats/node';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ViewContent } from '../view-content.js';
import { contentFiles } from './content-files.js';
import type { ViewFiles } from './view-files.js';
import { writeView } from './write-view.js';

const HOSTILE = '<img src=x onerror=alert(1)>';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-viewer-'));
  const data = join(root, 'data');
  for (const [index, id] of ['one', 'two', HOSTILE].entries()) {
    await writeVolume(join(data, 'imagesTr', `${id}.nii.gz`), volume(index), { kind: 'image' });
    await writeVolume(join(data, 'labelsTr', `${id}.nii.gz`), labels(index), { kind: 'labels' });
  }
  await writeRun('few', data, { one: 0.9, two: 0.4 });
  await writeRun('more', data, { one: 0.8 });
});
afterAll(async () => rm(root, { recursive: true, force: true }));

function volume(index: number): Volume {
  const data = Float32Array.from({ length: 24 }, (_, at) => at + index);
  return { data, shape: [2, 3, 4], channels: 1, affine: affineOf([3, 2, 1]) };
}

function labels(index: number): Volume<Uint8Array> {
  return { ...volume(0), data: new Uint8Array(24).fill(index) };
}

/** What a run that was judged leaves behind, as far as it is looked at. */
async function writeRun(name: string, data: string, dice: Record<string, number>): Promise<void> {
  const folder = join(root, name);
  await mkdir(folder);
  const split = { train: ['x'], validation: [], test: ['one', 'two', HOSTILE] };
  const classes = ['background', 'organ'];
  const config = { task: 'finetune', data: { path: data, classes } };
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
  await writeFile(join(folder, 'split.json'), JSON.stringify(split));
  await writeFile(
    join(folder, 'metrics.jsonl'),
    `${JSON.stringify({ event: 'step', step: 1, loss: 2, learningRate: 0.1 })}\n`,
  );
  for (const [id, value] of Object.entries(dice))
    await writeVolume(join(folder, 'predictions', `${id}.nii.gz`), labels(value > 0.5 ? 1 : 0), {
      kind: 'labels',
    });
}

async function contentOf(files: ViewFiles): Promise<ViewContent> {
  const bytes = await files.get('view.json')?.read();
  const content: ViewContent = JSON.parse(new TextDecoder().decode(bytes));
  return content;
}

it('shows the test cases of runs side by side, under addresses without names', async () => {
  const files = await contentFiles([join(root, 'few'), join(root, 'more')]);
  const { runs, cases, classes, title } = await contentOf(files);

  expect([title, classes]).toEqual(['few · more', ['background', 'organ']]);
  expect(runs.map(({ name, curves }) => [name, curves[0]?.title])).toEqual([
    ['few', 'Training loss'],
    ['more', 'Training loss'],
  ]);
  const two = cases.find(({ id }) => id === 'two')!;
  expect(two.predictions.map(({ labels: file }) => file !== null)).toEqual([true, false]);
  expect(cases.map(({ id }) => id)).toContain(HOSTILE);
  expect([...files.keys()].every((name) => /^[\w./-]+$/.test(name))).toBe(true);
  const truth = readNifti((await files.get(two.truth!)?.read())!, 'truth');
  expect([...truth.data]).toEqual([...labels(1).data]);
});

it('shows volumes, and a page without any', async () => {
  const { cases, runs } = await contentOf(
    await contentFiles([join(root, 'data', 'imagesTr', 'one.nii.gz')]),
  );

  expect([cases.length, runs.length]).toEqual([1, 0]);
  expect(await contentOf(await contentFiles([]))).toMatchObject({ cases: [], title: '' });
});

it('refuses runs and volumes mixed', async () => {
  const error: unknown = await contentFiles([join(root, 'few'), join(root, 'data')]).catch(
    (caught: unknown) => caught,
  );

  expect(isVoxmimError(error, 'INVALID_CONFIG') && error.message).toContain('is no run');
});

it('writes the same as files, and replaces none unasked', async () => {
  const out = join(root, 'page');
  const files = await contentFiles([join(root, 'data')]);
  await writeView(files, out);

  expect((await readdir(join(out, 'volumes'))).length).toBe(6);
  expect(JSON.parse(await readFile(join(out, 'view.json'), 'utf8'))).toEqual(
    await contentOf(files),
  );
  await expect(writeView(files, out)).rejects.toThrow('FILE_EXISTS');
  await writeView(files, out, true);
});
