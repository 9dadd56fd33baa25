import { isVoxmimError } from '@voxmim/core';

import { checkSameConfig } from './same-config.js';

const saved = {
  task: 'pretrain',
  steps: 10,
  data: { path: 'here', workers: null, preprocessing: { spacing: [1, 1, 1] } },
  optimizer: { learningRate: 0.001 },
  checkpoint: { every: 5 },
};

function refusal(changes: object, free?: readonly string[]) {
  try {
    checkSameConfig({
      root: 'run',
      saved,
      wanted: { ...saved, ...changes },
      ...(free && { free }),
    });
    return undefined;
  } catch (error) {
    return isVoxmimError(error, 'INVALID_CONFIG') ? error.problem : error;
  }
}

it('lets what is not learned change: steps, places, threads, when to save', () => {
  const data = { ...saved.data, path: 'there', workers: 2, cache: null };
  expect(refusal({ steps: 20, data, checkpoint: { every: 1 }, backend: 'cpu' })).toBeUndefined();
});

it('refuses in one line what changes what is learned: field, old, new', () => {
  expect(refusal({ optimizer: { learningRate: 0.002 } })).toBe(
    'optimizer.learningRate was 0.001 when run was begun and is 0.002 now, which would change what it learns.',
  );
  const data = { ...saved.data, preprocessing: { spacing: [2, 2, 2] } };
  expect(refusal({ data, seed: 1 })).toContain('(as would seed)');
  expect(refusal({ seed: 1 })).toContain('seed was not given');
});

it('leaves fields alone that the caller frees', () => {
  expect(refusal({ from: { checkpoint: 'b' } }, ['from.checkpoint'])).toBeUndefined();
});
