import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { main } from './run-cli.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-replaced-'));
  await run('phantom', join(root, 'phantom'), '--count', '1');
}, 120_000);
afterAll(() => rm(root, { recursive: true }));

async function run(...argv: string[]) {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const code = await main(argv, { out: say, err: say, interactive: false, colors: false });
  return { code, said: said.join('\n') };
}

it('phantom leaves a data set that is there as it is, but by --force', async () => {
  const folder = join(root, 'patients');
  await mkdir(folder);
  await writeFile(join(folder, 'dataset.json'), 'mine');
  const { code, said } = await run('phantom', folder, '--count', '1');
  expect([code, said]).toEqual([2, expect.stringContaining('dataset.json is there already')]);
  expect(await readFile(join(folder, 'dataset.json'), 'utf8')).toBe('mine');
  expect((await run('phantom', folder, '--count', '1', '--force')).code).toBe(0);
});

it('convert replaces no input, not even by --force and by another name', async () => {
  const scan = join(root, 'scan.nii.gz');
  await copyFile(join(root, 'phantom/imagesTr/phantom_000.nii.gz'), scan);
  await symlink(root, join(root, 'linked'));
  const before = await readFile(scan);
  for (const out of [scan, join(root, 'linked/scan.nii.gz')]) {
    const { code, said } = await run('convert', scan, out, '--orientation', 'LPS', '--force');
    expect([code, said]).toEqual([2, expect.stringContaining('that is read')]);
  }
  expect(await readFile(scan)).toEqual(before);
});

it('export writes nothing that is no ONNX file', async () => {
  const { code, said } = await run('export', join(root, 'run'), join(root, 'scan.nii.gz'));
  expect([code, said]).toEqual([1, expect.stringContaining('.onnx')]);
});

it.each([
  ['export', ['export', 'run'], 'model.onnx'],
  ['compare', ['compare', 'a', 'b', '--out'], 'compare.html'],
])('%s leaves a file that is there as it is', async (_, words, name) => {
  const file = join(root, name);
  await writeFile(file, 'mine');
  const { code, said } = await run(...words, file);
  expect([code, said]).toEqual([2, expect.stringContaining('is there already')]);
  expect(await readFile(file, 'utf8')).toBe('mine');
});
