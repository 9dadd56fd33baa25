import { readFile, stat, utimes, writeFile } from 'node:fs/promises';

import { VoxmimError, type Affine, type VolumeReader } from '@voxmim/core';

import { testFails } from '../test-fails.js';
import { testReaderConformance, type ReaderCase } from './reader-conformance.js';

const affine: Affine = [
  [0, 0, 2, -1],
  [0, 3, 0, 5],
  [4, 0, 0, 7],
];
const data = Uint8Array.from({ length: 24 }, (_, index) => index + 1);

/** The bytes "TOY", three extents, a checksum, voxels. */
const bytes = Uint8Array.of(84, 79, 89, 2, 3, 4, sum(data), ...data);
const example: ReaderCase = {
  ...{ name: 'scan.toy', bytes },
  volume: { data, shape: [2, 3, 4], channels: 1, affine },
};

function sum(values: Uint8Array): number {
  return values.reduce((total, value) => (31 * total + value) % 251, 7);
}

function invalid(path: string): VoxmimError {
  return new VoxmimError('INVALID_FILE', `${path} is no toy.`, 'Give a toy.', { path });
}

const toy: VolumeReader = {
  name: 'toy',
  accepts: (path) => path.endsWith('.toy'),
  read: async (path) => {
    const content = await readFile(path).catch(() => undefined);
    if (!content) throw new VoxmimError('NOT_FOUND', `There is no ${path}.`, 'Look.', { path });
    const [magic, d = 0, h = 0, w = 0] = [
      content.subarray(0, 3).toString(),
      ...content.subarray(3),
    ];
    const voxels = Uint8Array.from(content.subarray(7));
    const isSound = magic === 'TOY' && voxels.length === d * h * w && voxels.length > 0;
    if (!isSound || sum(voxels) !== content[6]) throw invalid(path);
    return { data: voxels, shape: [d, h, w], channels: 1, affine };
  },
};

const shared = Uint8Array.from(data);
const reads = 'scan.toy: reads voxels, their type and their place in the world';
const alone = 'scan.toy: gives voxels that nobody else holds, and leaves the file alone';

const broken: [flaw: string, test: string, spoil: Partial<VolumeReader>][] = [
  ['a love of all files', 'knows its files by name, and no others', { accepts: () => true }],
  ['no love of its own', 'knows its files by name, and no others', { accepts: () => false }],
  [
    'an error of the file system',
    'says which file is not there',
    { read: async (path) => ({ ...example.volume, data: await readFile(path) }) },
  ],
  [
    'axes swapped',
    reads,
    {
      read: async (path) => {
        const volume = await toy.read(path);
        const [d, h, w] = volume.shape;
        return { ...volume, shape: [w, h, d] };
      },
    },
  ],
  [
    'voxels of another type',
    reads,
    {
      read: async (path) => {
        const volume = await toy.read(path);
        return { ...volume, data: Float32Array.from(volume.data) };
      },
    },
  ],
  [
    'the grid elsewhere',
    reads,
    {
      read: async (path) => {
        const [x, y, [d, h, w, z]] = affine;
        return { ...(await toy.read(path)), affine: [x, y, [d, h, w, z + 1]] };
      },
    },
  ],
  [
    'voxels that it keeps',
    alone,
    { read: async (path) => ({ ...(await toy.read(path)), data: shared }) },
  ],
  [
    'a hand in the file',
    alone,
    {
      read: async (path) => {
        const volume = await toy.read(path);
        await utimes(path, 1, (await stat(path)).mtimeMs / 1000 + 1);
        return volume;
      },
    },
  ],
  [
    'zeros for what is missing',
    'scan.toy: gives nothing else of a file that was cut',
    {
      read: async (path) => {
        const whole = Buffer.alloc(bytes.length);
        (await readFile(path)).copy(whole);
        const voxels = Uint8Array.from(whole.subarray(7));
        return { data: voxels, shape: [2, 3, 4], channels: 1, affine };
      },
    },
  ],
  [
    'trust in any content',
    'scan.toy: refuses a file of other content',
    { read: () => Promise.resolve(example.volume) },
  ],
  [
    'errors without a code',
    'scan.toy: takes a changed file for what it says, or refuses it',
    {
      read: (path) =>
        toy.read(path).catch(() => {
          throw new RangeError(`Offset is outside ${path}`);
        }),
    },
  ],
  [
    'errors that name no file',
    'scan.toy: takes a changed file for what it says, or refuses it',
    {
      read: (path) =>
        toy.read(path).catch(() => {
          throw invalid('It');
        }),
    },
  ],
  [
    'more voxels than its shape',
    'scan.toy: takes a changed file for what it says, or refuses it',
    {
      read: async (path) => {
        const content = await readFile(path);
        const voxels = Uint8Array.from(content.subarray(7));
        return { data: voxels, shape: [content[3]!, 3, 4], channels: 1, affine };
      },
    },
  ],
];

testReaderConformance({ describe, it }, toy, [example]);

it.each(broken)('the reader kit fails a reader with %s', async (_, test, spoil) => {
  const declare: Parameters<typeof testFails>[0] = (runner) =>
    testReaderConformance(runner, { ...toy, ...spoil }, [example]);

  expect(await testFails(declare, test)).toBe(true);
});

it('the reader kit fails a file that it cannot learn the order of axes from', async () => {
  const cube: ReaderCase = { ...example, volume: { ...example.volume, shape: [2, 2, 6] } };

  expect(await testFails((runner) => testReaderConformance(runner, toy, [cube]), reads)).toBe(true);
});

it('leaves no file behind that it wrote', async () => {
  const seen: string[] = [];
  const noting: VolumeReader = {
    ...toy,
    read: (path) => {
      seen.push(path);
      return toy.read(path);
    },
  };
  await testFails((runner) => testReaderConformance(runner, noting, [example]), reads);

  expect(seen).toHaveLength(1);
  await expect(stat(seen[0]!)).rejects.toThrow('ENOENT');
  await expect(writeFile(seen[0]!, '')).rejects.toThrow('ENOENT');
});
