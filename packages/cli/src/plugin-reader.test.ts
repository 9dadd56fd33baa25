import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createRandom } from '@voxmim/core';
import { readVolume } from '@voxmim/data/node';

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
const plugin = `
import { reader } from './reader.mjs';
export function register(registries) {
  registries.readers.register(reader);
}`;

const shared = `
plugins: [./plugin.mjs]
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
async function voxmim(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], { cwd: root });
  return stdout;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-reader-'));
  await writeFile(join(root, 'reader.mjs'), reader);
  await writeFile(join(root, 'plugin.mjs'), plugin);
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

it('reads volumes in the format of a plugin, all the way to label maps', async () => {
  if (!(await isBuilt)) {
    console.info('Skipped: the program is not built.');
    return;
  }
  expect(await voxmim('inspect', 'data', '--plugin', './plugin.mjs')).toContain('8×9×10');

  await voxmim('pretrain', 'pretrain.yaml', '--out', 'pretrained', '--set', 'data.workers=1');
  expect((await readdir(join(root, 'cache/v1'))).length).toBeGreaterThan(0);
  const from = ['--set', 'from.checkpoint=pretrained', '--set', 'data.workers=0'];
  await voxmim('finetune', 'finetune.yaml', ...from, '--out', 'finetuned');
  await voxmim('predict', 'finetuned', 'data/imagesTr/a.vox', '--out', 'found', '--backend', 'cpu');

  const { shape, affine } = await readVolume(join(root, 'found/a.nii.gz'));
  expect(shape).toEqual([8, 9, 10]);
  expect(affine[0]).toEqual([0, 0, 5, 0]);
}, 600_000);
