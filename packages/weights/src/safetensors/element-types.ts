import type { StoredValues } from './stored-tensor.js';

/** Bytes `begin … end` of a file. */
export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly begin: number;
  readonly end: number;
}

type ElementReader = (buffer: ArrayBufferLike, offset: number, count: number) => StoredValues;

const readers: Readonly<Record<string, readonly [bytes: number, read: ElementReader]>> = {
  F64: [8, (buffer, offset, count) => new Float64Array(buffer, offset, count)],
  F32: [4, (buffer, offset, count) => new Float32Array(buffer, offset, count)],
  F16: [2, (buffer, offset, count) => widen(new Uint16Array(buffer, offset, count), halfToFloat)],
  BF16: [2, (buffer, offset, count) => widenBrain(new Uint16Array(buffer, offset, count))],
  I64: [
    8,
    (buffer, offset, count) => Float64Array.from(new BigInt64Array(buffer, offset, count), Number),
  ],
  I32: [4, (buffer, offset, count) => new Int32Array(buffer, offset, count)],
  U32: [4, (buffer, offset, count) => new Uint32Array(buffer, offset, count)],
  I16: [2, (buffer, offset, count) => new Int16Array(buffer, offset, count)],
  U16: [2, (buffer, offset, count) => new Uint16Array(buffer, offset, count)],
  I8: [1, (buffer, offset, count) => new Int8Array(buffer, offset, count)],
  U8: [1, (buffer, offset, count) => new Uint8Array(buffer, offset, count)],
  BOOL: [1, (buffer, offset, count) => new Uint8Array(buffer, offset, count)],
};

/** Bytes of one element; `undefined` for types that are not read. */
export function elementBytes(dtype: string): number | undefined {
  return Object.hasOwn(readers, dtype) ? readers[dtype]?.[0] : undefined;
}

/** The values in a range: a view where alignment allows one, else a copy. */
export function decodeValues(dtype: string, { bytes, begin, end }: ByteRange): StoredValues {
  const [size, read] = readers[dtype] ?? [1, readUnknown];
  const count = (end - begin) / size;
  const start = bytes.byteOffset + begin;
  if (start % size === 0) return read(bytes.buffer, start, count);
  return read(bytes.slice(begin, end).buffer, 0, count);
}

const readUnknown: ElementReader = (buffer, offset, count) => new Uint8Array(buffer, offset, count);

function widen(halves: Uint16Array, convert: (half: number) => number): Float32Array {
  return Float32Array.from(halves, convert);
}

/** bfloat16 is the upper half of a float32. */
function widenBrain(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (half) => (half << 16) >>> 0).buffer);
}

function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
