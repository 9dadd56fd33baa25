import { isVoxmimError, VoxmimError } from '@voxmim/core';

import { errorFrom, plainError } from './messages.js';

/** As `postMessage` does it. */
function across(error: unknown): Error {
  return errorFrom(structuredClone(plainError(error)));
}

it('an error of ours crosses threads with its code, its words, its stack and what caused it', () => {
  const system = Object.assign(new Error('EACCES: no'), { run: () => 'what cannot be cloned' });
  const error = new VoxmimError('NOT_FOUND', 'a is gone.', 'Look for it.', { path: 'a' }, { cause: system }); // prettier-ignore
  const found = across(error);
  if (!isVoxmimError(found, 'NOT_FOUND')) throw found;
  expect(found).toMatchObject({ problem: 'a is gone.', remedy: 'Look for it.', details: { path: 'a' } }); // prettier-ignore
  expect(found.message).toBe('a is gone. Look for it. [NOT_FOUND]');
  expect(found.stack).toBe(error.stack);
  expect(found.cause).toMatchObject({ message: 'EACCES: no', stack: system.stack });
});

it('other errors, and what is no error, keep their words', () => {
  const found = across(new TypeError('x is no function'));
  expect([found.name, found.message]).toEqual(['TypeError', 'x is no function']);
  expect(across('thrown text').message).toBe('thrown text');
});
