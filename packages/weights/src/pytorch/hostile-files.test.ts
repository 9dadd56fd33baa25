import { isVoxmimError } from '@voxmim/core';
import { zipSync } from 'fflate';

import { decodePytorch } from './decode-pytorch.js';

// Files that claim more than they hold. Each must be answered at once: a loop or a copy per claim
// would not end within the time of a test.

const utf8 = new TextEncoder();
const uint32 = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
const ascii = (value: string) => [...utf8.encode(value)];
const text = (value: string) => [0x58, ...uint32(value.length), ...ascii(value)];
const tuple = (...items: number[][]) => [0x28, ...items.flat(), 0x74];
const integer = (value: number) => [0x4a, ...uint32(value)];
const keep = (slot: number) => [0x71, slot];
const recall = (slot: number) => [0x68, slot];

interface Claims {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly kind?: string;
}

/** What `torch.save` writes for a tensor in the storage `0`. */
function tensor({ shape, strides, kind = 'FloatStorage' }: Claims): number[] {
  const storage = tuple(text('storage'), ascii(`ctorch\n${kind}\n`), text('0'), text('cpu'));
  const sizes = [shape, strides].map((list) => tuple(...list.map(integer)));
  return [
    ...ascii('ctorch._utils\n_rebuild_tensor_v2\n'),
    ...tuple([...storage, 0x51], integer(0), ...sizes),
    0x52,
  ];
}

/** A dictionary of `count` times what `value` recalls from slot 0, which `first` puts there. */
function repeated(first: number[], count: number, value: number[] = recall(0)): number[] {
  const items = Array.from({ length: count }, (_, index) => [...text(`t${index}`), ...value]);
  return [...first, 0x30, 0x7d, 0x28, ...items.flat(), 0x75];
}

function archive(pickle: readonly number[], storage = new Uint8Array(16)): Uint8Array {
  const stored = { level: 0 } as const;
  return zipSync({
    'archive/data.pkl': [Uint8Array.from([[0x80, 2], pickle, [0x2e]].flat()), stored],
    'archive/data/0': [storage, stored],
  });
}

/** One stored entry that the directory of the archive names again and again. */
function overlapping(names: readonly string[], size: number): Uint8Array {
  const whole = zipSync({ [names[0] ?? '']: [new Uint8Array(size), { level: 0 }] });
  const end = whole.length - 22;
  const view = new DataView(whole.buffer);
  const start = view.getUint32(end + 16, true);
  const record = whole.subarray(start, end);
  const records = names.flatMap((name) => {
    const copy = record.slice();
    copy.set(utf8.encode(name), 46);
    return [...copy];
  });
  const tail = whole.slice(end);
  const count = new DataView(tail.buffer);
  count.setUint16(8, names.length, true);
  count.setUint16(10, names.length, true);
  count.setUint32(12, records.length, true);
  return Uint8Array.from([...whole.subarray(0, start), ...records, ...tail]);
}

function failure(bytes: Uint8Array): string {
  try {
    decodePytorch(bytes, 'weights.pt');
  } catch (error) {
    if (isVoxmimError(error, 'INVALID_FILE')) return error.message;
    throw error;
  }
  return 'none';
}

const plain = { shape: [2, 2], strides: [2, 1] };

it.each([
  [
    'a whole number of 200,000 bytes',
    () => archive([0x8b, ...uint32(200_000), ...Array<number>(200_000).fill(0x7f)]),
    'a whole number has 200000 bytes',
  ],
  [
    'entries that share bytes',
    () =>
      overlapping(
        Array.from({ length: 900 }, (_, at) => `data/${100 + at}`),
        1e5,
      ),
    'its entries are larger than the file',
  ],
  [
    'an entry that is there twice',
    () => overlapping(['data/0', 'data/0'], 10),
    'its entry data/0 is there twice',
  ],
  [
    'a tensor that widens to 12 GB when each name has its own copy',
    () => {
      const claims = { shape: [1_000_000], strides: [1], kind: 'HalfStorage' };
      return archive(repeated([...tensor(claims), ...keep(0)], 3_000), new Uint8Array(2_000_000));
    },
    'more elements than the file has bytes',
  ],
  [
    'strides that need a copy for each name',
    () => {
      const claims = { shape: [1000, 500], strides: [1, 1000] };
      return archive(repeated([...tensor(claims), ...keep(0)], 3_000), new Uint8Array(2_000_000));
    },
    'more elements than the file has bytes',
  ],
  [
    'a shape of 20,000 axes in each of many tensors',
    () => {
      const shape = [...tuple(...Array.from({ length: 20_000 }, () => [0x4b, 1])), ...keep(0)];
      const [before, after] = [tuple(text('storage')), [0x52]];
      const value = [
        ...ascii('ctorch._utils\n_rebuild_tensor_v2\n'),
        ...tuple([...before, 0x51], integer(0), recall(0), recall(0)),
        ...after,
      ];
      return archive(repeated(shape, 1_000, value));
    },
    'is described by what no PyTorch writes',
  ],
  [
    'a dictionary that stands in another thousands of times',
    () => {
      const inner = [...repeated([0x4e], 5_000, [0x4e]), ...keep(0)];
      return archive(repeated(inner, 5_000));
    },
    'it holds no dictionary of tensors',
  ],
  [
    'a shape beyond all numbers',
    () =>
      archive([
        ...repeated(
          [...tensor({ shape: [2 ** 31 - 1, 2 ** 31 - 1], strides: [0, 0] }), ...keep(0)],
          1,
        ),
      ]),
    'more elements than its storage',
  ],
  [
    'a tensor outside its storage',
    () => archive([...repeated([...tensor({ shape: [2, 2], strides: [1000, 1] }), ...keep(0)], 1)]),
    'outside its storage',
  ],
])('%s is refused', (_, make, reason) => {
  expect(failure(make())).toContain(reason);
});

it('nests as deep as it likes, and names what it likes, without effect', () => {
  const deep = archive([0x29, ...Array<number>(200_000).fill(0x85)]);
  const named = archive([
    ...[0x7d, 0x28, ...text('__proto__'), ...tensor(plain)],
    ...[...text('constructor'), ...tensor(plain), 0x75],
  ]);

  expect(failure(deep)).toContain('no dictionary of tensors');
  expect([...decodePytorch(named, 'weights.pt').keys()]).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});

it('gives names of one storage the same memory', () => {
  const tied = archive(repeated([...tensor(plain), ...keep(0)], 2));
  const [first, second] = [...decodePytorch(tied, 'weights.pt').values()];
  expect(first?.values.buffer).toBe(second?.values.buffer);
});
