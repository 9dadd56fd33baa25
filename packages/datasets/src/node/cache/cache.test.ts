import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs';
import fs, { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { affineOf, createRandom, type Shape3, volumeOf } from '@voxmim/core';
import fc from 'fast-check';

import { cropBox, PreprocessingConfig } from '@voxmim/volumes';
import { CaseStore } from '../cases/case-store.js';
import { openDataset } from '../open-dataset.js';
import { writeVolume } from '@voxmim/formats/node';
import { CachedCase, packCase } from './cached-case.js';
import { EntryFile } from './entry-file.js';
import { MemoryBudget } from './memory-budget.js';
import { VolumeCache } from './volume-cache.js';

const recipe = {
  preprocessing: PreprocessingConfig.parse({ intensity: { kind: 'zScore', mask: 'all' } }),
  inChannels: 1,
  numClasses: 3,
  leastShape: [8, 8, 8] as Shape3,
};
let root: string;
let data: string;
let dir: string;

function drawn(seed: number, shape: Shape3, channels = 1) {
  const random = createRandom(seed);
  const grid = { shape, affine: affineOf([2, 1, 1], [-0, 3, 5]) };
  const length = volumeOf(shape);
  return {
    image: {
      data: Float32Array.from({ length: length * channels }, () => random.normal()),
      channels,
      ...grid,
    },
    labels: {
      data: Uint8Array.from({ length }, () => random.integer(3)),
      channels: 1,
      ...grid,
    },
  };
}

async function writeCase(index: number, seed = index): Promise<void> {
  const { image, labels } = drawn(seed, [40, 12, 36]);
  const name = `case_${index}.nii.gz`;
  await writeVolume(join(data, 'imagesTr', name), image, { kind: 'image' });
  await writeVolume(join(data, 'labelsTr', name), labels, { kind: 'labels' });
}

async function openStore(maxGiB = 1, memoryMiB = 64) {
  const notes: string[] = [];
  const store = new CaseStore(await openDataset(data), {
    recipe,
    cache: { dir, maxGiB },
    memoryMiB,
    onNote: (note) => notes.push(note),
  });
  return { store, notes };
}

async function entriesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'v1'), { recursive: true }).catch(() => []);
  const paths = names.map((name) => join(folder, 'v1', name));
  const files = await Promise.all(paths.map(async (path) => (await stat(path)).isFile()));
  return paths.filter((_, index) => files[index]);
}

/** Prepared without any cache. */
async function truth(id: string) {
  const { store } = await openStore();
  const { image, labels } = await store.prepare(id);
  return { image, labels };
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-cache-'));
  [data, dir] = [join(root, 'data'), join(root, 'cache')];
  for (let index = 0; index < 3; index++) await writeCase(index);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const boxes = fc.record({
  shape: fc.constantFrom<Shape3>([70, 9, 33], [33, 64, 5], [1, 1, 1], [16, 47, 50]),
  origin: fc.tuple(...[0, 0, 0].map(() => fc.integer({ min: -9, max: 60 }))),
  crop: fc.constantFrom<Shape3>([40, 40, 40], [1, 1, 50], [7, 13, 3]),
  channels: fc.integer({ min: 1, max: 2 }),
});

it('gives every crop of a cached case the bits of the case itself', async () => {
  const path = join(root, 'entry');
  await fc.assert(
    fc.asyncProperty(boxes, async ({ shape, origin, crop, channels }) => {
      const { image, labels } = drawn(1, shape, channels);
      const box = { origin: [origin[0], origin[1], origin[2]] as const, shape: crop };
      await writeFile(path, packCase({ image, labels, air: [0], notes: [] }));
      const cached = new CachedCase('', EntryFile.open(path), new MemoryBudget<object>(1e5));
      const expected = { image: cropBox(image, box), labels: cropBox(labels, box) };
      expect(cached.crop(box)).toEqual(expected);
      expect(cached.crop(box)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

it('reads the chunks of a crop and no others', async () => {
  const { image } = drawn(1, [64, 4, 4]);
  const path = join(root, 'entry');
  const bytes = packCase({ image, air: [0], notes: [] });
  bytes[bytes.length - 20] ^= 255; // in the second chunk
  await writeFile(path, bytes);
  const cached = new CachedCase('', EntryFile.open(path), new MemoryBudget<object>(1e6));

  const first = { origin: [0, 0, 0], shape: [32, 4, 4] } as const;
  expect(cached.crop(first).image).toEqual(cropBox(image, first));
  expect(() => cached.crop({ origin: [1, 0, 0], shape: [32, 4, 4] })).toThrow(/INVALID_FILE/);
});

it('is filled once and then used, by a key without names', async () => {
  const { store } = await openStore();
  expect(await store.ensureCached('case_0')).toBe(false);
  expect(await store.ensureCached('case_0')).toBe(true);
  const [entry] = await entriesIn(dir);
  await cp(join(data, 'imagesTr', 'case_0.nii.gz'), join(data, 'imagesTr', 'other.nii.gz'));
  await cp(join(data, 'labelsTr', 'case_0.nii.gz'), join(data, 'labelsTr', 'other.nii.gz'));
  const { store: later } = await openStore();

  expect(await later.ensureCached('other')).toBe(true);
  expect(await entriesIn(dir)).toEqual([entry]);
  expect(readFileSync(entry).includes('case_0')).toBe(false);
  expect(await later.volumes('case_0')).toEqual(await truth('case_0'));
});

it('sees a file that changed under its name, size and date', async () => {
  const path = join(data, 'imagesTr', 'case_0.nii.gz');
  const [before] = [await stat(path)];
  const { store } = await openStore();
  await store.volumes('case_0');
  await cp(join(data, 'imagesTr', 'case_1.nii.gz'), path);
  utimesSync(path, before.atime, before.mtime);
  const { store: later } = await openStore();

  expect((await later.volumes('case_0')).image).toEqual((await truth('case_1')).image);
});

it('makes damaged entries anew, wherever the damage is', async () => {
  const expected = await truth('case_0');
  const { store } = await openStore();
  await store.ensureCached('case_0');
  const [path] = await entriesIn(dir);
  const sound = readFileSync(path);
  for (let round = 0; round < 24; round++) {
    const random = createRandom(round);
    const at = round < 4 ? round * 5 : random.integer(sound.length);
    const damaged = Buffer.from(sound);
    damaged[at] ^= 1 << random.integer(8);
    await writeFile(path, round % 3 === 2 ? sound.subarray(0, at) : damaged);

    const { store: later } = await openStore();
    expect(await later.volumes('case_0')).toEqual(expected);
  }
}, 240_000);

it('goes on without what does not fit on the disk, and leaves nothing half-written', async () => {
  const { open } = fs;
  jest.spyOn(fs, 'open').mockImplementation(async (path, ...rest) => {
    const file = await open(path, ...rest);
    if (String(path).startsWith(dir)) {
      file.writeFile = async () => {
        await file.write('half');
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      };
    }
    return file;
  });
  const { store, notes } = await openStore();
  const found = [await store.volumes('case_0'), await store.volumes('case_1')];
  jest.restoreAllMocks();

  expect(found).toEqual([await truth('case_0'), await truth('case_1')]);
  expect(notes.filter((note) => note.includes('no space is left'))).toHaveLength(1);
  expect(await entriesIn(dir)).toEqual([]);
});

it('removes what was not used for longest, also while another reads it', async () => {
  const { store } = await openStore(1, 1e-6);
  for (const id of ['case_0', 'case_1']) await store.ensureCached(id);
  const entries = await entriesIn(dir);
  const { size } = await stat(entries[0]);
  for (const path of entries) utimesSync(path, 1, 1);
  const { store: reader } = await openStore(1, 1e-6);
  await reader.use('case_1', () => undefined);
  const used = entries.find((path) => statSync(path).mtimeMs > 1000);

  const { store: small } = await openStore((2.5 * size) / 2 ** 30);
  await small.ensureCached('case_2');
  expect(await entriesIn(dir)).toHaveLength(2);
  expect(existsSync(used!)).toBe(true);

  await rm(join(dir, 'v1'), { recursive: true });
  expect(await reader.volumes('case_1')).toEqual(await truth('case_1'));
});

it('is filled by several processes at once', async () => {
  const script = `
    const { CaseStore, openDataset } = await import(${JSON.stringify(join(__dirname, '../../../dist/node/index.js'))});
    const [data, dir, recipe] = JSON.parse(process.argv[1]);
    const store = new CaseStore(await openDataset(data), { recipe, cache: { dir, maxGiB: 1 }, memoryMiB: 1 });
    for (const id of ['case_0', 'case_1', 'case_2']) await store.ensureCached(id);`;
  const run = promisify(execFile);
  const argument = JSON.stringify([data, dir, recipe]);
  await Promise.all(
    [1, 2, 3].map(() => run(process.execPath, ['--input-type=module', '-e', script, argument])),
  );

  const { store } = await openStore();
  expect(await entriesIn(dir)).toHaveLength(3);
  expect(await store.ensureCached('case_2')).toBe(true);
  expect(await store.volumes('case_2')).toEqual(await truth('case_2'));
});

it('removes what a crash left half-written, when it is old', async () => {
  const { store } = await openStore();
  await store.ensureCached('case_0');
  const [entry] = await entriesIn(dir);
  for (const [name, seconds] of [
    ['old', 7200],
    ['young', 60],
  ] as const) {
    await writeFile(`${entry}.${name}.part`, 'half');
    const time = Date.now() / 1000 - seconds;
    utimesSync(`${entry}.${name}.part`, time, time);
  }
  await new VolumeCache({ dir, maxGiB: 1 }).size();
  expect((await entriesIn(dir)).map((path) => path.split('.').at(-2))).toEqual(
    expect.not.arrayContaining(['old']),
  );
  expect(await entriesIn(dir)).toHaveLength(2);
});

it('a cache that cannot be made stops nothing, and all threads say so in the same words', async () => {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'file'), '');
  const folder = join(dir, 'file', 'cache');
  const notes: string[] = [];
  for (const key of ['aa', 'bb']) {
    const cache = new VolumeCache({ dir: folder, maxGiB: 1 }, (text) => notes.push(text));
    const { store } = await openStore();
    await cache.put(key, await store.prepare('case_0'));
    await cache.remove(key);
    expect(await cache.open(key)).toBeUndefined();
  }
  const words = `The cache ${folder} takes nothing: a part of the path is a file, not a folder.`;
  expect(notes).toEqual(Array(2).fill(`${words} Volumes are prepared anew instead.`));
});
