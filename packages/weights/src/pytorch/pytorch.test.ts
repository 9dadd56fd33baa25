import { isVoxmimError } from '@voxmim/core';
import { zipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { decodePytorch } from './decode-pytorch.js';
import { PickledGlobal, PickledObject, unpickle } from './unpickle.js';

// Made by tools/fixtures/pytorch.py. Beside the tensors it holds an object that would run a command.
const file = new Uint8Array(readFileSync(join(__dirname, '../../fixtures/checkpoint.pt')));

function failure(bytes: Uint8Array): unknown {
  try {
    return decodePytorch(bytes, 'weights.pt');
  } catch (error) {
    return error;
  }
}

describe('a file that torch.save wrote', () => {
  it('gives the tensors of its state_dict, whatever their elements and strides', () => {
    const tensors = decodePytorch(file, 'weights.pt');

    const plain = Object.fromEntries(
      [...tensors].map(([name, { shape, values }]) => [name, { shape, values: [...values] }]),
    );
    expect(plain).toEqual({
      plain: { shape: [2, 3], values: [0, 1, 2, 3, 4, 5] },
      transposed: { shape: [3, 2], values: [0, 3, 1, 4, 2, 5] },
      window: { shape: [3, 2], values: [5, 6, 9, 10, 13, 14] },
      half: { shape: [2], values: [1.5, -2] },
      brain: { shape: [2, 1], values: [1.5, -2] },
      long: { shape: [2], values: [3, -4] },
      flag: { shape: [2], values: [1, 0] },
      scalar: { shape: [], values: [7] },
      parameter: { shape: [1], values: [0.25] },
    });
  });

  it('is refused at every truncation, and when any byte of its pickle is damaged stays in bounds', () => {
    for (let length = 0; length < file.length; length += 31) {
      const error = failure(file.subarray(0, length));
      expect(isVoxmimError(error, 'INVALID_FILE') || isVoxmimError(error, 'UNSUPPORTED_FILE')).toBe(
        true,
      );
    }
    for (let at = 0; at < file.length; at += 5) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      const result = failure(damaged);
      expect(result instanceof Map || isVoxmimError(result)).toBe(true);
    }
  });

  it.each([
    ['no zip archive', new Uint8Array(20), 'UNSUPPORTED_FILE', 'is no zip archive'],
    [
      'without a pickle',
      zipSync({ a: [new Uint8Array(3), { level: 0 }] }),
      'INVALID_FILE',
      'no data.pkl',
    ],
    [
      'compressed, which could be a bomb',
      zipSync({ 'a/data.pkl': [new Uint8Array(1e6), { level: 9 }] }),
      'UNSUPPORTED_FILE',
      'compressed entry',
    ],
    [
      'without tensors',
      zipSync({ 'a/data.pkl': [Uint8Array.of(0x80, 2, 0x7d, 0x2e), { level: 0 }] }),
      'INVALID_FILE',
      'no dictionary of tensors',
    ],
  ] as const)('%s is refused', (_, bytes, code, what) => {
    const error = failure(bytes);
    expect(isVoxmimError(error, code) && error.message).toContain(what);
    expect(isVoxmimError(error) && error.message).toContain('weights.pt');
  });
});

it('a pickled call is kept as a name with arguments, and nothing is called', () => {
  const text = new TextEncoder();
  const bytes = Uint8Array.from([
    ...[0x80, 2],
    ...text.encode('cposix\nsystem\n'),
    ...[0x58, 4, 0, 0, 0, ...text.encode('true')],
    ...[0x85, 0x52, 0x2e],
  ]);

  const value = unpickle(bytes, 'evil.pt');

  expect(value).toEqual(new PickledObject(new PickledGlobal('posix', 'system'), ['true']));
});
