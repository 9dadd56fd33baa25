import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';

import type { StoredTensor } from '@voxmim/weights';
import type { TrainingSnapshot } from '../index.js';
import {
  CheckpointFolder,
  findCheckpoint,
  loadCheckpoint,
  loadCheckpointWeights,
  openCheckpointFolder,
} from './index.js';

/** A disk with so many bytes left; a write beyond them fails half way, as on a real one. */
const mockDisk = { free: Infinity };

jest.mock('node:fs/promises', () => {
  const actual = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');
  const open: typeof actual.open = async (...args) => {
    const handle = await actual.open(...args);
    const write = handle.writeFile.bind(handle);
    handle.writeFile = async (data) => {
      const bytes = data as Uint8Array;
      await write(bytes.subarray(0, mockDisk.free));
      if (bytes.byteLength > mockDisk.free) throw new Error('ENOSPC: no space left on device');
      mockDisk.free -= bytes.byteLength;
    };
    return handle;
  };
  return { ...actual, open };
});

function tensor(...numbers: number[]): StoredTensor {
  return { shape: [numbers.length], values: Float32Array.from(numbers) };
}

function snapshot(step: number, best = 1): TrainingSnapshot {
  return {
    state: { step, best: { step: best, score: 0.5 }, elapsedMs: 12 },
    model: new Map([['weight', tensor(step, 2)]]),
    optimizer: new Map([['first_moment.weight', tensor(0, step)]]),
  };
}

let root = '';
let store: CheckpointFolder;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-checkpoints-'));
  store = await openCheckpointFolder(join(root, 'run', 'checkpoints'), {
    config: { seed: 3 },
    keep: 2,
  });
});

afterEach(async () => {
  mockDisk.free = Infinity;
  await rm(root, { recursive: true });
});

describe('CheckpointFolder', () => {
  it('saves what comes back the same', async () => {
    const saved = { ...snapshot(4), average: new Map([['weight', tensor(9, 9)]]) };
    const path = await store.save(saved);

    const loaded = await loadCheckpoint(store.path);

    expect(loaded).toEqual({ path, snapshot: saved, config: { seed: 3 } });
    expect((await readdir(path)).sort()).toEqual([
      'config.json',
      'ema.safetensors',
      'model.safetensors',
      'optimizer.safetensors',
      'state.json',
    ]);
  });

  it('keeps the newest and the best, and knows them', async () => {
    for (const step of [10, 20, 30, 40]) await store.save(snapshot(step, 10));

    const names = (await readdir(store.path)).sort();

    expect(names).toEqual(['step-00000010', 'step-00000030', 'step-00000040']);
    expect(basename(await findCheckpoint(store.path))).toBe('step-00000040');
    expect(basename(await findCheckpoint(store.path, 'best'))).toBe('step-00000010');
  });

  it('keeps what was there when the disk is full, and removes the rest', async () => {
    await store.save(snapshot(10));
    mockDisk.free = 150;

    const error: unknown = await store.save(snapshot(20)).catch((thrown: unknown) => thrown);

    expect(isVoxmimError(error, 'WRITE_FAILED') && error.message).toContain('ENOSPC');
    expect(isVoxmimError(error) && error.remedy).toContain('Free some space');
    expect((await readdir(store.path)).sort()).toEqual(['step-00000010']);
    expect((await loadCheckpoint(store.path)).snapshot).toEqual(snapshot(10));
  });

  it('says so when its folder cannot be made', async () => {
    await writeFile(join(root, 'file'), '');

    const error: unknown = await openCheckpointFolder(join(root, 'file', 'checkpoints'), {
      config: {},
    }).catch((thrown: unknown) => thrown);

    expect(isVoxmimError(error, 'WRITE_FAILED') && error.details.path).toBe(
      join(root, 'file', 'checkpoints'),
    );
  });

  it('removes what a killed process left unfinished', async () => {
    await mkdir(join(store.path, '.unfinished-step-00000010-x'));

    await store.save(snapshot(20));

    expect((await readdir(store.path)).sort()).toEqual(['step-00000020']);
  });
});

describe('findCheckpoint', () => {
  it('takes a checkpoint, the folder of them, or the names that were links once', async () => {
    await store.save(snapshot(10, 10));
    const path = await store.save(snapshot(20, 10));

    for (const given of [path, join(store.path, 'last'), store.path]) {
      expect(await findCheckpoint(given)).toBe(path);
    }
    expect(await findCheckpoint(join(store.path, 'best'))).toBe(join(store.path, 'step-00000010'));
  });

  it('follows the links of an earlier release, and saving removes them', async () => {
    const path = await store.save(snapshot(10, 10));
    for (const link of ['last', 'best']) await symlink(basename(path), join(store.path, link));
    expect(await findCheckpoint(join(store.path, 'best'))).toBe(path);

    await store.save(snapshot(20, 20));

    expect(await readdir(store.path)).toEqual(['step-00000010', 'step-00000020']);
  });

  it('takes the newest where nothing was evaluated, and names a best one that is gone', async () => {
    const path = await store.save({
      ...snapshot(20),
      state: { ...snapshot(20).state, best: null },
    });
    expect(await findCheckpoint(store.path, 'best')).toBe(path);
    await store.save(snapshot(30, 7));

    const error: unknown = await findCheckpoint(store.path, 'best').catch((e: unknown) => e);

    expect(isVoxmimError(error, 'NOT_FOUND') && error.message).toContain('step-00000007');
  });

  it('names a folder that holds none', async () => {
    const error: unknown = await findCheckpoint(root).catch((thrown: unknown) => thrown);

    expect(isVoxmimError(error, 'NOT_FOUND') && error.details.path).toBe(root);
  });
});

describe('loading', () => {
  it('names a file that is cut off', async () => {
    const path = await store.save(snapshot(10));
    const file = join(path, 'model.safetensors');
    await writeFile(file, (await readFile(file)).subarray(0, -3));

    const error: unknown = await loadCheckpoint(path).catch((thrown: unknown) => thrown);

    expect(isVoxmimError(error, 'INVALID_FILE') && error.details.path).toBe(file);
  });

  it.each(['model.safetensors', 'optimizer.safetensors', 'ema.safetensors'])(
    'names %s with one bit turned, and one that was taken away',
    async (name) => {
      const average = new Map([['weight', tensor(9, 9)]]);
      const path = await store.save({ ...snapshot(10), average });
      const file = join(path, name);
      const bytes = await readFile(file);
      bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1;
      await writeFile(file, bytes);

      const turned: unknown = await loadCheckpoint(path).catch((thrown: unknown) => thrown);
      await rm(file);
      const gone: unknown = await loadCheckpoint(path).catch((thrown: unknown) => thrown);

      expect(isVoxmimError(turned, 'INVALID_FILE') && turned.message).toContain(`${file} is not`);
      expect(isVoxmimError(gone, 'NOT_FOUND') && gone.details.path).toBe(file);
    },
  );

  it('takes a checkpoint from before there were sums', async () => {
    const path = await store.save(snapshot(10));
    const file = join(path, 'state.json');
    const { sha256, ...before } = JSON.parse(await readFile(file, 'utf8')) as { sha256: object };
    await writeFile(file, JSON.stringify(before));

    expect(Object.keys(sha256)).toEqual(['model.safetensors', 'optimizer.safetensors']);
    expect((await loadCheckpoint(path)).snapshot).toEqual(snapshot(10));
  });

  it('names a state that makes no sense', async () => {
    const path = await store.save(snapshot(10));
    await writeFile(join(path, 'state.json'), '{"format":1,"step":-1,"best":null,"elapsedMs":0}');

    const error: unknown = await loadCheckpoint(path).catch((thrown: unknown) => thrown);

    expect(isVoxmimError(error, 'INVALID_CONFIG') && error.message).toMatch(/state\.json.*step/);
  });

  it('of weights alone prefers the averaged ones, and takes a bare file', async () => {
    const path = await store.save({ ...snapshot(4), average: new Map([['weight', tensor(9, 9)]]) });

    const averaged = await loadCheckpointWeights(store.path);
    const bare = await loadCheckpointWeights(join(path, 'model.safetensors'));

    expect([...averaged.tensors.get('weight')!.values]).toEqual([9, 9]);
    expect([...bare.tensors.get('weight')!.values]).toEqual([4, 2]);
    expect(bare.config).toBeNull();
  });
});
