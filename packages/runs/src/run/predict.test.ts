import { affineOf, createRandom, isVoxmimError, type Shape3 } from '@voxmim/core';
import { readVolume, writeVolume } from '@voxmim/formats/node';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resolveFinetune } from '../config/resolve-config.js';
import { createRegistries } from '@voxmim/presets';
import { finetune } from './finetune.js';
import { predict, type PredictOptions } from './predict.js';
import { parseRegion } from './region-of-interest.js';

let root: string;
let calls = 0;

/** Noise, its bright voxels labeled; turned and of voxels that training resamples. */
async function write(folder: string, name: string, shape: Shape3, scale = 1): Promise<string> {
  const random = createRandom(name.length, 'volume');
  const voxels = shape[0] * shape[1] * shape[2];
  const data = Float32Array.from({ length: voxels }, () => scale * (random.normal() + 3));
  const grid = { shape, channels: 1, affine: affineOf([1.5, 1, 1]) };
  const path = join(root, folder, 'imagesTr', `${name}.nii.gz`);
  await writeVolume(path, { data, ...grid }, { kind: 'image' });
  const labels = Uint8Array.from(data, (value) => Number(value > 3 * scale));
  const map = join(root, folder, 'labelsTr', `${name}.nii.gz`);
  await writeVolume(map, { data: labels, ...grid }, { kind: 'labels' });
  return path;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-predict-'));
  for (const name of ['a', 'bb', 'ccc']) await write('data', name, [8, 8, 12]);
  const config = {
    backend: 'cpu',
    data: {
      path: join(root, 'data'),
      classes: ['background', 'bright'],
      preprocessing: { spacing: [1, 1, 1], intensity: { kind: 'zScore', mask: 'all' } },
      split: { validation: 0, test: 1 },
      workers: 0,
      cache: null,
    },
    crop: [6, 8, 8],
    encoder: { name: 'vit', patchSize: [3, 4, 4], embedDim: 12, depth: 1, numHeads: 2 },
    head: { name: 'light' },
    steps: 6,
    batchSize: 2,
    optimizer: { learningRate: 0.01 },
    inference: { overlap: 0 },
    judge: false,
  };
  const registries = createRegistries();
  await finetune(await resolveFinetune(config, { registries }), { out: join(root, 'run') });
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** Predicts one volume, and says what of it came, and in how many windows. */
async function predicted(input: string, options: Partial<PredictOptions> = {}) {
  const notes: string[] = [];
  let windows = 0;
  const out = join(root, `out-${++calls}`);
  const { files } = await predict({
    ...{ run: join(root, 'run'), input, out, ...options },
    monitor: {
      note: (note) => notes.push(note),
      progress: ({ unit, total }) => (windows = unit === 'windows' ? total : windows),
    },
  });
  const [file] = files;
  if (!file) throw new Error('nothing was predicted');
  const facts = JSON.parse(await readFile(file.facts, 'utf8')) as { notes: string[] };
  return { file, facts, map: await readVolume(file.path), windows, notes };
}

it('writes probabilities on the grid of the image that agree with the labels and add up to 1', async () => {
  const input = await write('new', 'scan', [8, 8, 12]);
  const { file, map } = await predicted(input, { probabilities: true });
  const scores = await readVolume(file.probabilities ?? '');
  const plain = await predicted(input);

  expect(scores).toMatchObject({ shape: [8, 8, 12], channels: 2, affine: map.affine });
  expect(scores.data).toBeInstanceOf(Float32Array);
  expect([...plain.map.data]).toEqual([...map.data]);
  expect(plain.file.probabilities).toBeUndefined();
  const agree = [...map.data].filter((label, voxel) => {
    const [background = 0, bright = 0] = scores.data.subarray(2 * voxel);
    expect(background + bright).toBeCloseTo(1, 5);
    return (label === 1) === bright > 0.5;
  });
  // Labels are the nearest of the prepared grid, probabilities lie between its voxels.
  expect(agree.length / map.data.length).toBeGreaterThan(0.8);
  expect(new Set(map.data).size).toBe(2);
});

it('looks at a region alone, in fewer windows, with intensities of the whole', async () => {
  const input = await write('new', 'large', [8, 16, 24]);
  const region = parseRegion('x=4:12,y=0:8,z=1:99');
  const { file, map, windows } = await predicted(input, { region, probabilities: true });
  const whole = await predicted(input);
  const scores = await readVolume(file.probabilities ?? '');

  expect(windows).toBeLessThan(whole.windows / 2);
  expect(file.box).toEqual({ origin: [1, 0, 4], shape: [7, 8, 8] });
  const inside = (voxel: number) => {
    const [x, y, z] = [voxel % 24, Math.floor(voxel / 24) % 16, Math.floor(voxel / (24 * 16))];
    return x >= 4 && x < 12 && y < 8 && z >= 1;
  };
  map.data.forEach((label, voxel) => {
    if (inside(voxel)) return;
    expect([label, scores.data[2 * voxel], scores.data[2 * voxel + 1]]).toEqual([0, 1, 0]);
  });
  const kept = [...map.data].filter((_, voxel) => inside(voxel));
  const same = [...whole.map.data].filter(
    (label, voxel) => inside(voxel) && label === map.data[voxel],
  );
  expect(same.length / kept.length).toBeGreaterThan(0.8);
});

it('takes as many windows as the overlap asks for, and mirror images change what they find', async () => {
  const input = await write('new', 'windows', [8, 8, 24]);
  const half = await predicted(input, { inference: { overlap: 0.5 } });
  const plain = await predicted(input, { probabilities: true });
  const mirrored = await predicted(input, { inference: { mirror: true }, probabilities: true });

  expect(plain.windows).toBeLessThan(half.windows);
  expect(mirrored.windows).toBe(plain.windows);
  const scores = await Promise.all(
    [mirrored, plain].map(({ file }) => readVolume(file.probabilities ?? '')),
  );
  expect([...scores[0]!.data]).not.toEqual([...scores[1]!.data]);
});

it('tells of each case in what it is unlike the training data', async () => {
  const alike = await predicted(await write('new', 'alike', [8, 8, 12]));
  const bright = await predicted(await write('new', 'bright', [8, 8, 12], 100));
  const said = expect.stringMatching(/^bright is unlike the training data: its intensities reach/);

  expect(alike.notes.filter((note) => note.includes('unlike'))).toEqual([]);
  expect(bright.notes).toContainEqual(said);
  expect(bright.file.notes).toContainEqual(said);
  expect(bright.facts.notes).toContainEqual(said);
});

it('refuses a region beyond the image before anything is written', async () => {
  const input = await write('new', 'small', [8, 8, 12]);
  const error: unknown = await predicted(input, { region: parseRegion('z=50:60') }).catch(
    (thrown: unknown) => thrown,
  );
  expect(isVoxmimError(error, 'INVALID_DATA') && error.message).toContain('x 12, y 8, z 8 voxels');
});
