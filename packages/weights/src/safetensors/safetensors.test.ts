import { isVoxmimError } from '@voxmim/core';

// Made by tools/fixtures/training.py.
import golden from '../../fixtures/golden.json' with { type: 'json' };
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../index.js';

const tensors = new Map<string, StoredTensor>([
  ['b.weight', { shape: [2, 2], values: Float32Array.of(1, -2, 3.5, 1e-30) }],
  ['steps', { shape: [], values: Int32Array.of(7) }],
  ['flags', { shape: [3], values: Uint8Array.of(1, 0, 1) }],
  ['a.weight', { shape: [1], values: Float32Array.of(0.25) }],
  ['empty', { shape: [0, 4], values: new Float32Array() }],
]);

/** A file with this header and so many bytes of tensors. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

function failure(bytes: Uint8Array): unknown {
  try {
    return decodeSafetensors(bytes, 'weights.safetensors');
  } catch (error) {
    return error;
  }
}

describe('safetensors', () => {
  it('come back as they were written', () => {
    const decoded = decodeSafetensors(encodeSafetensors(tensors, { note: 'x' }), 'memory');

    expect(new Map(decoded.tensors)).toEqual(tensors);
    expect(decoded.metadata).toEqual({ format: 'pt', note: 'x' });
  });

  it('start aligned and give the same bytes in any order of insertion', () => {
    const bytes = encodeSafetensors(tensors);
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const reversed = encodeSafetensors(new Map([...tensors].reverse()));

    expect(length % 8).toBe(0);
    expect(bytes).toEqual(reversed);
  });

  it('are views of the file where aligned, and right where not', () => {
    const bytes = encodeSafetensors(tensors);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);

    const aligned = decodeSafetensors(bytes, 'memory').tensors.get('b.weight');
    const moved = decodeSafetensors(shifted.subarray(1), 'memory').tensors.get('b.weight');

    expect(aligned?.values.buffer).toBe(bytes.buffer);
    expect(moved).toEqual(tensors.get('b.weight'));
  });

  it('of every element type are read as Python wrote them', () => {
    const bytes = new Uint8Array(Buffer.from(golden.safetensors, 'hex'));

    const { tensors: read, metadata } = decodeSafetensors(bytes, 'golden');

    expect(metadata).toEqual({ made: 'by hand' });
    expect(Object.fromEntries([...read].map(([name, { values }]) => [name, [...values]]))).toEqual({
      half: [1.5, -0.000060975551605224609, 65504, 5.9604644775390625e-8],
      brain: [1.5, -2],
      long: [3, -4],
      float: [0.25, Math.fround(1e-30)],
      flags: [1, 0, 1],
      scalar: [7],
    });
    expect(read.get('brain')?.shape).toEqual([1, 2]);
    expect(read.get('scalar')?.shape).toEqual([]);
  });

  const entry = (begin: number, end: number, shape = [1]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [begin, end],
  });
  it.each([
    ['too short', new Uint8Array(4), 'only 4 bytes'],
    ['with a header longer than the file', file({}, 0).fill(0xff, 0, 4), 'its header claims'],
    ['without JSON', new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 123, 123]), 'no JSON object'],
    ['cut off', encodeSafetensors(tensors).subarray(0, -1), 'are announced'],
    ['with a range that does not fit its shape', file({ a: entry(0, 8) }, 8), 'its shape needs 4'],
    ['with overlapping ranges', file({ a: entry(0, 4), b: entry(0, 4) }, 4), 'overlaps'],
    ['with a hole', file({ a: entry(4, 8) }, 8), 'leaves a hole'],
    [
      'with a shape of huge extent',
      file({ a: entry(0, 4, [2 ** 40, 2 ** 40]) }, 4),
      'its shape needs',
    ],
    ['with a negative extent', file({ a: entry(0, 4, [-1]) }, 4), 'is malformed'],
  ])('%s are refused', (_, bytes, what) => {
    const error = failure(bytes);

    expect(isVoxmimError(error, 'INVALID_FILE') && error.message).toContain(what);
    expect(isVoxmimError(error) && error.message).toContain('weights.safetensors');
  });

  it('of an unknown element type are named', () => {
    const error = failure(file({ a: { ...entry(0, 1), dtype: 'F8_E4M3' } }, 1));

    expect(isVoxmimError(error, 'UNSUPPORTED_FILE') && error.details.feature).toBe('F8_E4M3');
  });
});
