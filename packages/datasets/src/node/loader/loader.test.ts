import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  affineOf,
  createRandom,
  isVoxmimError,
  type Shape3,
  volumeOf,
  type SampleRequest,
} from '@voxmim/core';

import {
  AugmentationConfig,
  noAugmentation,
  classBalancedCrops,
  balancedCrops,
  PreprocessingConfig,
} from '@voxmim/volumes';
import { CaseStore } from '../cases/case-store.js';
import { openDataset } from '../open-dataset.js';
import { writeVolume } from '@voxmim/formats/node';
import { openSamples } from './open-samples.js';
import { SamplePool } from './sample-pool.js';
import type { SampleOptions } from './sample-options.js';

const crop: Shape3 = [6, 8, 8];
const ids = ['case_0', 'case_1', 'case_2', 'case_3'];
const balance = { positive: 0.5, negative: 0.5 };
const still = AugmentationConfig.parse(noAugmentation);
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-loader-'));
  for (const [index, id] of ids.entries()) {
    const random = createRandom(index, 'volume');
    const data = Float32Array.from({ length: 12 ** 3 }, () => random.normal());
    const grid = { shape: [12, 12, 12] as Shape3, channels: 1, affine: affineOf([1, 1, 1]) };
    const labels = Uint8Array.from(data, (value) => (value > 1 ? 1 : 0));
    const path = (folder: string) => join(root, folder, `${id}.nii.gz`);
    await writeVolume(path('imagesTr'), { data, ...grid }, { kind: 'image' });
    await writeVolume(path('labelsTr'), { data: labels, ...grid }, { kind: 'labels' });
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function open(workers: number, more: Partial<SampleOptions> = {}) {
  const notes: string[] = [];
  const store = new CaseStore(await openDataset(root), {
    recipe: {
      preprocessing: PreprocessingConfig.parse({ intensity: { kind: 'zScore', mask: 'all' } }),
      inChannels: 1,
      numClasses: 2,
      leastShape: crop,
    },
    cache: { dir: join(root, `cache-${workers}`), maxGiB: 1 },
    memoryMiB: 8,
    onNote: (note) => notes.push(note),
  });
  const options: SampleOptions = {
    seed: 5,
    crop,
    balance,
    augmentation: AugmentationConfig.parse({}),
    onError: 'stop',
    ids,
    ...more,
  };
  return { source: openSamples(store, options, workers), store, notes, options };
}

async function draw(workers: number, more?: Partial<SampleOptions>) {
  const { source, notes } = await open(workers, more);
  try {
    const samples = Array.from({ length: 12 }, async (_, n) => {
      const target = {
        voxels: new Float32Array(volumeOf(crop)),
        labels: new Int32Array(volumeOf(crop)),
      };
      const request = { id: ids[n % 4], crop: ['crop', n], augment: ['augment', n] };
      return { ...(await source.draw(request, target)), ...target };
    });
    return { samples: await Promise.all(samples), notes };
  } finally {
    await source.close();
  }
}

it('moves a crop by no more than was asked for, and only then', async () => {
  const { source, store } = await open(0, { balance: null, augmentation: still });
  const whole = await store.volumes('case_0');
  const placeOf = async (move?: SampleRequest['move']) => {
    const voxels = new Float32Array(volumeOf(crop));
    const request = { id: 'case_0', crop: ['crop'], augment: [], ...(move && { move }) };
    await source.draw(request, { voxels });
    const at = whole.image.data.indexOf(voxels[0]);
    return [Math.floor(at / 144), Math.floor(at / 12) % 12, at % 12];
  };
  const start = await placeOf();
  const moves = Array.from({ length: 20 }, (_, n) =>
    placeOf({ key: ['move', n], most: [2, 0, 1] }),
  );
  const steps = (await Promise.all(moves)).map((place) =>
    place.map((at, axis) => at - start[axis]),
  );
  expect(steps.some(([depth]) => depth !== 0)).toBe(true);
  for (const [depth, height, width] of steps) {
    expect([Math.abs(depth) <= 2, height, Math.abs(width) <= 1]).toEqual([true, 0, true]);
  }
});

it('draws the same samples in this thread, in one worker and in three', async () => {
  expect(SamplePool.available).toBe(true);
  const here = await draw(0);
  expect(await draw(1)).toEqual(here);
  expect(await draw(3)).toEqual(here);
  expect(new Set(here.samples.map(({ voxels }) => voxels.join())).size).toBe(12);
});

it('cuts where balancedCrops would', async () => {
  const { samples } = await draw(0, { augmentation: still });
  const { store } = await open(0);
  const { image, labels } = await store.prepare('case_1');
  const box = balancedCrops(image, labels!, crop, balance)(createRandom(5, 'crop', 1));
  const [d, h, w] = box.origin;
  const first = image.data[(d * 12 + h) * 12 + w];
  expect(samples[1].voxels[0]).toBe(first);
});

it.each([0, 2])(
  'centers on each class alike, or as its ratios say, with %d workers',
  async (workers) => {
    const { samples } = await draw(workers, { augmentation: still, balance: { ratios: [0, 1] } });
    const { store } = await open(0);
    for (const n of [1, 5]) {
      const { labels } = await store.prepare(ids[n % 4]);
      const sampler = classBalancedCrops(labels!, crop, { ratios: [0, 1] });
      const [d, h, w] = sampler(createRandom(5, 'crop', n)).origin;
      const row = ((d + 2) * 12 + h + 3) * 12 + w;
      expect([...samples[n].labels.subarray(19 * 8, 20 * 8)]).toEqual([
        ...labels!.data.subarray(row, row + 8),
      ]);
    }
    const alike = await draw(workers, { augmentation: still, balance: {} });
    expect(alike.samples).not.toEqual(samples);
  },
);

it('ends a worker that is at work, and says so to what waits for it', async () => {
  const { source } = await open(1);
  const target = { voxels: new Float32Array(volumeOf(crop)) };
  const waiting = source.draw({ id: 'case_0', crop: [0], augment: [0] }, target);
  const outcome = waiting.catch((error: unknown) => error);
  await source.close();
  expect(isVoxmimError(await outcome, 'LOADING_FAILED')).toBe(true);
  await expect(source.draw({ id: 'case_0', crop: [0], augment: [0] }, target)).rejects.toThrow();
});

describe('a case that cannot be read', () => {
  beforeAll(() => truncate(join(root, 'imagesTr', 'case_2.nii.gz'), 500));

  it.each([0, 2])('stops, named, with %d workers', async (workers) => {
    const error: unknown = await draw(workers).catch((thrown: unknown) => thrown);
    expect(isVoxmimError(error, 'INVALID_FILE')).toBe(true);
    expect(String(error)).toContain('case_2.nii.gz');
    expect(String(error).match(/INVALID_FILE/g)).toHaveLength(1);
  });

  it('is skipped on request, said, and replaced by the same case for any number of workers', async () => {
    const here = await draw(0, { onError: 'skip' });
    const there = await draw(2, { onError: 'skip' });
    expect(there.samples).toEqual(here.samples);
    expect(here.samples[2].id).toBe('case_3');
    expect(here.notes).toEqual([expect.stringContaining('Case case_2 is left out')]);
    expect(there.notes).toEqual(here.notes);
  });
});
