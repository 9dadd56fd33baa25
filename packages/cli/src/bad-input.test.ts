import { affineOf, type Shape3, type Volume } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { main } from './run-cli.js';

const CONFIG = `
backend: cpu
data: { path: X, classes: [background, organ], split: { validation: 0, test: 0 } }
crop: [8, 8, 8]
encoder: { name: vit, patchSize: [8, 8, 8], embedDim: 12, depth: 1, numHeads: 2 }
head: { name: light }
steps: 1`;

let root: string;
let config: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-bad-'));
  config = join(root, 'run.yaml');
  await writeFile(config, CONFIG);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** What a user sees of a planned fine-tuning on the folder `data`. */
async function attempt(data = join(root, 'data')): Promise<{ code: number; err: string }> {
  const err: string[] = [];
  const terminal = {
    out: () => undefined,
    err: (text: string) => void err.push(text),
    interactive: false,
    colors: false,
  };
  const out = join(root, 'out');
  const argv = ['finetune', config, '--data', data, '--out', out, '--dry-run'];
  return { code: await main(argv, terminal), err: err.join('\n') };
}

function volume(value: (at: number) => number, shape: Shape3 = [10, 10, 10]): Volume<Float32Array> {
  const data = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, at) => value(at));
  return { data, shape, channels: 1, affine: affineOf([1, 1, 1]) };
}

const gradient = (at: number) => at % 97;
const organ = (at: number) => (at === 500 ? 1 : 0);

async function layOut(
  image: Volume | undefined = volume(gradient),
  label: Volume | undefined = volume(organ),
): Promise<{ image: string; label: string }> {
  const paths = {
    image: join(root, 'data', 'imagesTr', 'case_1.nii.gz'),
    label: join(root, 'data', 'labelsTr', 'case_1.nii.gz'),
  };
  await mkdir(join(root, 'data', 'imagesTr'), { recursive: true });
  await mkdir(join(root, 'data', 'labelsTr'), { recursive: true });
  await writeVolume(paths.image, image, { kind: 'image' });
  await writeVolume(paths.label, label, { kind: 'image' });
  return paths;
}

it('is content with sound data', async () => {
  await layOut();
  expect(await attempt()).toMatchObject({ code: 0 });
});

it('names a missing folder', async () => {
  const { code, err } = await attempt();
  expect(code).toBe(1);
  expect(err).toContain(`There is no file or folder ${join(root, 'data')}`);
});

it('names an empty folder', async () => {
  await mkdir(join(root, 'data'));
  expect((await attempt()).err).toContain('holds no files');
});

it('names a file that is not NIfTI', async () => {
  const { image } = await layOut();
  await writeFile(image, 'not an image at all');
  const { code, err } = await attempt();
  expect(code).toBe(1);
  expect(err).toContain(image);
  expect(err).toContain('[INVALID_FILE]');
});

it('names a truncated gz', async () => {
  const { image } = await layOut();
  await truncate(image, 200);
  const { err } = await attempt();
  expect(err).toContain(image);
  expect(err).toContain('[INVALID_FILE]');
});

it('names a header that promises more than there is', async () => {
  const { image } = await layOut();
  await rm(image);
  const plain = image.replace('.gz', '');
  await writeVolume(plain, volume(gradient), { kind: 'image' });
  await truncate(plain, (await readFile(plain)).length - 100);
  const { err } = await attempt();
  expect(err).toContain(plain);
  expect(err).toContain('[INVALID_FILE]');
});

it.each([
  ['NaN', volume((at) => (at === 7 ? NaN : at))],
  ['one value only', volume(() => 4)],
])('names an image of %s', async (_, image) => {
  const paths = await layOut(image);
  const { code, err } = await attempt();
  expect(code).toBe(1);
  expect(err).toContain(paths.image);
  expect(err).toContain('[INVALID_DATA]');
});

it('names a label without an image', async () => {
  const { label } = await layOut();
  await writeVolume(label.replace('case_1', 'case_2'), volume(organ), { kind: 'labels' });
  expect((await attempt()).err).toContain('case_2.nii.gz has no image of the same name');
});

it('says that there are no labels where a fine-tuning needs them', async () => {
  const { label } = await layOut();
  await rm(label);
  expect((await attempt()).err).toContain('none of the 1 training cases has a label map');
});

it('names a label on another grid than its image', async () => {
  const { label } = await layOut(volume(gradient), volume(organ, [10, 10, 9]));
  const { err } = await attempt();
  expect(err).toContain(label);
  expect(err).toContain('[10, 10, 9]');
});

it('names a label outside the classes', async () => {
  const { label } = await layOut(
    volume(gradient),
    volume(() => 5),
  );
  expect((await attempt()).err).toContain(`${label} has the label 5`);
});

it('pads a volume smaller than the crop, and says so', async () => {
  await layOut(volume(gradient, [5, 10, 10]), volume(organ, [5, 10, 10]));
  const { code, err } = await attempt();
  expect(code).toBe(0);
  expect(err).toContain('padded from');
});
