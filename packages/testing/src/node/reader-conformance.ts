import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createRandom,
  isUnreadable,
  isVoxmimError,
  spacingOf,
  volumeOf,
  type Volume,
  type VolumeReader,
} from '@voxmim/core';

import { expectSame, expectThat } from '../assertion.js';
import { expectClose } from '../tensors.js';
import type { TestRunner } from '../test-runner.js';

/** A sound file, and what it holds. */
export interface ReaderCase {
  /** The name of the file, as the format has it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Known from elsewhere than the reader; no two extents alike, as cubes hide swapped axes. */
  readonly volume: Volume;
}

/** How often a file is cut or changed. */
const ATTEMPTS = 48;

/** A reader that has not answered by now has hung; on a busy machine sound ones take far less. */
const MOST_MS = 60_000;

/**
 * Declares the tests that every reader of volumes must pass. Files are written to a temporary folder.
 *
 * Damage is tried `ATTEMPTS` times of each kind, the same in every run; where damage is not seen,
 * as in a checksum that is not used, the volume must be the sound one, or one of a changed file be whole.
 *
 * @param cases small files: one of each variant that the reader knows
 *
 * @example
 * testReaderConformance({ describe, it }, mhaReader, [{ name: 'scan.mha', bytes, volume }]);
 */
export function testReaderConformance(
  runner: TestRunner,
  reader: VolumeReader,
  cases: readonly ReaderCase[],
): void {
  runner.describe(`reader contract: ${reader.name}`, () => {
    runner.it('knows its files by name, and no others', async () => {
      expectThat(reader.name.length > 0, () => 'A reader needs a name.');
      for (const { name } of cases) {
        expectThat(reader.accepts(`/not there/${name}`), () => `It does not accept ${name}.`);
      }
      for (const name of ['notes.txt', 'dataset.json', 'list.csv', 'picture.png']) {
        expectThat(!reader.accepts(name), () => `It accepts ${name}.`);
      }
      await Promise.resolve();
    });
    runner.it('says which file is not there', async () => {
      for (const { name } of cases) {
        const path = join(tmpdir(), 'voxmim-no-such-folder', name);
        const { error } = await attempt(reader, path);
        const isTold = isVoxmimError(error, 'NOT_FOUND') && error.message.includes(path);
        expectThat(isTold, () => `For a missing file: ${String(error)}.`);
      }
    });
    for (const example of cases) testFile(runner, reader, example);
  });
}

function testFile(runner: TestRunner, reader: VolumeReader, example: ReaderCase): void {
  const { name, bytes, volume } = example;
  const it = (title: string, body: (path: string) => Promise<void>) =>
    runner.it(`${name}: ${title}`, () => withFile(name, bytes, body));

  it('reads voxels, their type and their place in the world', async (path) => {
    const extents = volume.shape.filter((extent, axis, all) => all.indexOf(extent) === axis);
    expectSame(extents.length, 3, 'different extents of the volume that the kit is given');
    const received = await reader.read(path);
    expectWhole(received);
    await expectVolume(received, volume);
  });

  it('gives voxels that nobody else holds, and leaves the file alone', async (path) => {
    const before = await stateOf(path);
    const first = await reader.read(path);
    first.data.fill(1);
    await expectVolume(await reader.read(path), volume);
    expectSame(await stateOf(path), before, 'the file after reading');
  });

  it('gives nothing else of a file that was cut', async (path) => {
    for (const length of lengths(bytes.length)) {
      await writeFile(path, bytes.subarray(0, length));
      const { error, received } = await attempt(reader, path);
      if (received) await expectVolume(received, volume);
      else expectTold(error, path, `cut to ${length} bytes`);
    }
  });

  it('refuses a file of other content', async (path) => {
    const random = createRandom(1, 'garbage');
    for (const length of [0, 1, 128, 4096]) {
      const garbage = Uint8Array.from({ length }, () => random.integer(256));
      await writeFile(path, garbage);
      const { error, received } = await attempt(reader, path);
      expectThat(!received, () => `It made a volume of ${length} random bytes.`);
      expectTold(error, path, `${length} random bytes`);
    }
  });

  it('takes a changed file for what it says, or refuses it', async (path) => {
    for (let number = 0; number < ATTEMPTS; number++) {
      await writeFile(path, changed(bytes, number));
      const { error, received } = await attempt(reader, path);
      if (received) expectWhole(received);
      else expectTold(error, path, `change ${number}`);
    }
  });
}

async function withFile(
  name: string,
  bytes: Uint8Array,
  body: (path: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'voxmim-reader-'));
  try {
    const path = join(folder, name);
    await writeFile(path, bytes);
    await body(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What became of a file. */
interface Attempt {
  readonly received?: Volume;
  readonly error?: unknown;
}

async function attempt(reader: VolumeReader, path: string): Promise<Attempt> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<Attempt>((resolve) => {
    timer = setTimeout(() => resolve({ error: 'it takes forever' }), MOST_MS);
  });
  const reading = Promise.resolve()
    .then(() => reader.read(path))
    .then(
      (received): Attempt => ({ received }),
      (error: unknown): Attempt => ({ error }),
    );
  try {
    return await Promise.race([reading, hung]);
  } finally {
    clearTimeout(timer);
  }
}

function expectTold(error: unknown, path: string, what: string): void {
  const isTyped = isUnreadable(error);
  expectThat(isTyped, () => `For ${what}, a code was expected, not ${String(error)}.`);
  if (isTyped) {
    expectThat(error.message.includes(path), () => `${error.message} does not name ${path}.`);
  }
}

/** Fails unless a volume is one: as many voxels as its shape says, on a grid that spans the space. */
function expectWhole({ data, shape, channels, affine }: Volume): void {
  expectSame(data.length, volumeOf(shape) * channels, 'number of values');
  const sizes = spacingOf(affine);
  const isGrid = affine.flat().every(Number.isFinite) && sizes.every((size) => size > 0);
  expectThat(isGrid, () => `The affine is ${JSON.stringify(affine)}.`);
}

async function expectVolume(received: Volume, expected: Volume): Promise<void> {
  expectSame(received.shape, expected.shape, 'shape');
  expectSame(received.channels, expected.channels, 'channels');
  expectSame(received.data.constructor.name, expected.data.constructor.name, 'type of the voxels');
  await expectClose(received.data, expected.data, { absolute: 0, relative: 1e-6 });
  await expectClose(received.affine.flat(), expected.affine.flat(), { absolute: 1e-4 });
}

async function stateOf(path: string): Promise<string> {
  const { mtimeMs } = await stat(path);
  const hash = createHash('sha256').update(await readFile(path));
  return `${mtimeMs} ${hash.digest('hex')}`;
}

/** Half of them where headers are. */
function lengths(whole: number): number[] {
  const random = createRandom(1, 'cut');
  return Array.from({ length: ATTEMPTS }, (_, index) =>
    random.integer(index % 2 === 0 ? whole : Math.min(whole, 512)),
  );
}

/** A file with a number overwritten by one that lies, or a few bits flipped. */
function changed(bytes: Uint8Array, number: number): Uint8Array {
  const random = createRandom(number, 'change');
  const copy = Uint8Array.from(bytes);
  const view = new DataView(copy.buffer);
  for (let times = 0; times <= random.integer(3); times++) {
    const reach = number % 2 === 0 ? copy.length : Math.min(copy.length, 512);
    const at = random.integer(Math.max(reach - 4, 1));
    if (random.uniform() < 0.5) copy[at] = (copy[at] ?? 0) ^ (1 << random.integer(8));
    else if (copy.length >= 4) view.setUint32(at, random.integer(2 ** 31), random.uniform() < 0.5);
  }
  return copy;
}
