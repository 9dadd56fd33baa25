import { execFile } from 'node:child_process';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createRandom } from '@voxmim/core';
import { readVolume } from '@voxmim/formats/node';

/** A format of somebody else: JSON of a shape and whole numbers, 5 mm apart. */
const reader = `
import { readFile } from 'node:fs/promises';
export const reader = {
  name: 'acme/json',
  version: 1,
  module: import.meta.url,
  accepts: (path) => path.endsWith('.vox'),
  async read(path) {
    const { shape, values } = JSON.parse(await readFile(path, 'utf8'));
    const affine = [[0, 0, 5, 0], [0, 5, 0, 0], [5, 0, 0, 0]];
    return { data: Float32Array.from(values), shape, channels: 1, affine };
  },
};`;
/** It leaves a trace of each time that it runs. */
const plugin = `
import { appendFileSync } from 'node:fs';
import { reader } from './reader.mjs';
appendFileSync('ran.txt', 'x');
export function register(registries) {
  registries.readers.register(reader);
}`;

const shared = `
plugins: [acme-json]
backend: cpu
data:
  path: data
  classes: [background, organ]
  preprocessing: { spacing: [5, 5, 5] }
  split: { validation: 1, test: 1 }
  cache: { dir: cache }
crop: [8, 8, 8]
encoder: { name: vit, patchSize: [4, 4, 4], embedDim: 6, depth: 1, numHeads: 1 }
steps: 1
batchSize: 1
tensorBoard: false
`;
const pretraining = `${shared}objective: { name: simmim }\n`;
const finetuning = `${shared}head: { name: light }\ninference: { overlap: 0 }\n`;

const bin = join(__dirname, '../bin/voxmim.js');
const isBuilt = access(join(__dirname, '../dist/main.js')).then(
  () => true,
  () => false,
);
let root: string;

/** Runs the built program: plugins and loader threads are modules of Node.js, which Jest does not load. */
async function voxmim(...args: string[]): Promise<{ out: string; code: number }> {
  const env = {
    ...process.env,
    XDG_CONFIG_HOME: join(root, 'home/config'),
    XDG_STATE_HOME: join(root, 'home/state'),
  };
  const options = { cwd: root, env };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], options);
    return { out: stdout, code: 0 };
  } catch (error) {
    const { stderr, code } = error as { stderr: string; code: number };
    return { out: stderr, code };
  }
}

/** How often the plugin has run. */
async function runs(): Promise<number> {
  return (await readFile(join(root, 'ran.txt'), 'utf8').catch(() => '')).length;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-reader-'));
  const installed = join(root, 'node_modules/acme-json');
  await mkdir(installed, { recursive: true });
  await writeFile(join(installed, 'reader.mjs'), reader);
  await writeFile(join(installed, 'plugin.mjs'), plugin);
  await writeFile(join(installed, 'package.json'), '{"name":"acme-json","main":"plugin.mjs"}');
  await writeFile(join(root, 'pretrain.yaml'), pretraining);
  await writeFile(join(root, 'finetune.yaml'), finetuning);
  for (const folder of ['imagesTr', 'labelsTr']) {
    await mkdir(join(root, 'data', folder), { recursive: true });
  }
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
    const random = createRandom(index);
    const values = Array.from({ length: 8 * 9 * 10 }, () => random.integer(100));
    const write = (folder: string, numbers: number[]) =>
      writeFile(
        join(root, 'data', folder, `${name}.vox`),
        JSON.stringify({ shape: [8, 9, 10], values: numbers }),
      );
    await write('imagesTr', values);
    await write(
      'labelsTr',
      values.map((value) => Number(value > 50)),
    );
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('reads volumes in the format of a plugin that is allowed, all the way to label maps', async () => {
  if (!(await isBuilt)) {
    console.info('Skipped: the program is not built.');
    return;
  }
  expect((await voxmim('inspect', 'data', '--plugin', 'acme-json')).out).toContain('8×9×10');
  const converted = await voxmim('convert', scan[0]!, 'scan.nii', '--plugin', 'acme-json');
  expect(converted.out).toContain('[8, 9, 10] voxels');

  const allowed = ['--allow-plugin', 'acme-json'];
  await voxmim('pretrain', 'pretrain.yaml', '--out', 'pretrained', ...allowed, ...workers(1));
  expect((await readdir(join(root, 'cache/v1'))).length).toBeGreaterThan(0);
  const from = ['--set', 'from.checkpoint=pretrained'];
  await voxmim('finetune', 'finetune.yaml', ...from, ...allowed, '--out', 'own', ...workers(0));
  const before = await runs();
  const predicted = await voxmim('predict', 'own', ...scan, '--out', 'found');

  expect([predicted.code, await runs()]).toEqual([0, before + 1]);
  const { shape, affine } = await readVolume(join(root, 'found/a.nii.gz'));
  expect(shape).toEqual([8, 9, 10]);
  expect(affine[0]).toEqual([0, 0, 5, 0]);
}, 600_000);

it('runs no plugin that a config or the run of a stranger names, until the user agrees', async () => {
  if (!(await isBuilt)) return;
  await cp(join(root, 'own'), join(root, 'gift'), { recursive: true, verbatimSymlinks: true });
  const before = await runs();

  for (const command of [
    ['pretrain', 'pretrain.yaml', '--dry-run'],
    ['finetune', 'gift/config.yaml', '--dry-run'],
    ['predict', 'gift', ...scan],
    ['export', 'gift', 'model.onnx'],
  ]) {
    const { out, code } = await voxmim(...command);
    expect([command[0], code]).toEqual([command[0], 2]);
    expect(out).toContain('acme-json (');
    expect(out).toContain('--allow-plugin acme-json');
  }
  expect((await voxmim('report', 'gift')).code).toBe(0);
  expect(await runs()).toBe(before);

  await mkdir(join(root, 'home/config/voxmim'), { recursive: true });
  const trusted = `plugins: [${join(root, 'node_modules/acme-json')}]`;
  await writeFile(join(root, 'home/config/voxmim/config.yaml'), trusted);
  expect((await voxmim('predict', 'gift', ...scan, '--out', 'given')).code).toBe(0);
  expect(await runs()).toBe(before + 1);
}, 600_000);

const scan = ['data/imagesTr/a.vox', '--backend', 'cpu'];
const workers = (count: number) => ['--set', `data.workers=${count}`];
