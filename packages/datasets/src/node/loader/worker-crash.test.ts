import { isVoxmimError } from '@voxmim/core';

import { AugmentationConfig, PreprocessingConfig } from '@voxmim/volumes';
import { CaseStore } from '../cases/case-store.js';
import { SamplePool } from './sample-pool.js';

/** Threads that end as the first case reaches them, as one out of memory does. */
jest.mock('node:worker_threads', () => {
  const { Worker } =
    jest.requireActual<typeof import('node:worker_threads')>('node:worker_threads');
  const script = "require('node:worker_threads').parentPort.on('message', () => process.exit(3))";
  return {
    Worker: class extends Worker {
      constructor() {
        super(script, { eval: true });
      }
    },
  };
});

it('a worker that crashes ends what waits for it, naming the file it was at', async () => {
  const ids = ['first', 'second'];
  const cases = ids.map((id) => ({ id, images: [`/data/${id}.nii.gz`] }));
  const dataset = { name: 'd', layout: 'images', root: '/data', classes: [], cases, problems: [] } as const; // prettier-ignore
  const recipe = {
    preprocessing: PreprocessingConfig.parse({}),
    inChannels: 1,
    leastShape: [2, 2, 2],
  } as const;
  const store = new CaseStore(dataset, { recipe, cache: null, memoryMiB: 1 });
  const crop = [2, 2, 2] as const;
  const augmentation = AugmentationConfig.parse({});
  const options = { seed: 0, crop, balance: null, augmentation, onError: 'skip', ids } as const;
  const pool = new SamplePool(store, options, 1);
  const draw = (id: string) =>
    pool
      .draw({ id, crop: [0], augment: [0] }, { voxels: new Float32Array(8) })
      .catch((error: unknown) => error);
  const errors = await Promise.all(ids.map(draw));
  for (const error of [...errors, await draw('second')]) {
    expect(isVoxmimError(error, 'LOADING_FAILED')).toBe(true);
    expect(String(error)).toContain('/data/first.nii.gz');
    expect(String(error)).toContain('exit code 3');
  }
  await pool.close();
});
