import { type VoxelArray, VoxmimError } from '@voxmim/core';

interface Datatype {
  readonly name: string;
  readonly bytes: number;
  read(view: DataView, offset: number, littleEndian: boolean): number;
  /** Wraps bytes that already have this machine's order and alignment. */
  wrap(buffer: ArrayBuffer, offset: number, count: number): VoxelArray | undefined;
  allocate(count: number): VoxelArray;
}

/** NIfTI datatype codes that hold one real number per voxel. 64-bit integers become float64. */
const datatypes: Readonly<Record<number, Datatype | undefined>> = {
  2: {
    name: 'uint8',
    bytes: 1,
    read: (view, offset) => view.getUint8(offset),
    wrap: (buffer, offset, count) => new Uint8Array(buffer, offset, count),
    allocate: (count) => new Uint8Array(count),
  },
  4: {
    name: 'int16',
    bytes: 2,
    read: (view, offset, little) => view.getInt16(offset, little),
    wrap: (buffer, offset, count) => new Int16Array(buffer, offset, count),
    allocate: (count) => new Int16Array(count),
  },
  8: {
    name: 'int32',
    bytes: 4,
    read: (view, offset, little) => view.getInt32(offset, little),
    wrap: (buffer, offset, count) => new Int32Array(buffer, offset, count),
    allocate: (count) => new Int32Array(count),
  },
  16: {
    name: 'float32',
    bytes: 4,
    read: (view, offset, little) => view.getFloat32(offset, little),
    wrap: (buffer, offset, count) => new Float32Array(buffer, offset, count),
    allocate: (count) => new Float32Array(count),
  },
  64: {
    name: 'float64',
    bytes: 8,
    read: (view, offset, little) => view.getFloat64(offset, little),
    wrap: (buffer, offset, count) => new Float64Array(buffer, offset, count),
    allocate: (count) => new Float64Array(count),
  },
  256: {
    name: 'int8',
    bytes: 1,
    read: (view, offset) => view.getInt8(offset),
    wrap: (buffer, offset, count) => new Int8Array(buffer, offset, count),
    allocate: (count) => new Int8Array(count),
  },
  512: {
    name: 'uint16',
    bytes: 2,
    read: (view, offset, little) => view.getUint16(offset, little),
    wrap: (buffer, offset, count) => new Uint16Array(buffer, offset, count),
    allocate: (count) => new Uint16Array(count),
  },
  768: {
    name: 'uint32',
    bytes: 4,
    read: (view, offset, little) => view.getUint32(offset, little),
    wrap: (buffer, offset, count) => new Uint32Array(buffer, offset, count),
    allocate: (count) => new Uint32Array(count),
  },
  1024: {
    name: 'int64',
    bytes: 8,
    read: (view, offset, little) => Number(view.getBigInt64(offset, little)),
    wrap: () => undefined,
    allocate: (count) => new Float64Array(count),
  },
  1280: {
    name: 'uint64',
    bytes: 8,
    read: (view, offset, little) => Number(view.getBigUint64(offset, little)),
    wrap: () => undefined,
    allocate: (count) => new Float64Array(count),
  },
};

const refused: Readonly<Record<number, string | undefined>> = {
  1: 'one-bit voxels',
  32: 'complex numbers',
  128: 'RGB colors',
  1536: '128-bit floats',
  1792: 'complex numbers',
  2048: 'complex numbers',
  2304: 'RGBA colors',
};

/**
 * The datatype of a NIfTI code.
 *
 * @throws `UNSUPPORTED_FILE` for colors and complex numbers, `INVALID_FILE` for unknown codes
 */
export function datatypeOf(code: number, origin: string): Datatype {
  const known = datatypes[code];
  if (known) return known;
  const feature = refused[code];
  if (feature !== undefined) {
    throw new VoxmimError(
      'UNSUPPORTED_FILE',
      `${origin} holds ${feature} (NIfTI datatype ${code}), not one real number per voxel.`,
      'Convert it to a scalar image first.',
      { path: origin, feature },
    );
  }
  throw new VoxmimError(
    'INVALID_FILE',
    `${origin} names the unknown NIfTI datatype ${code}.`,
    'Check that the file is complete; write it again with a current tool.',
    { path: origin, offset: 70 },
  );
}

/**
 * Turns voxel bytes into an array: a view where order and alignment allow, else a copy.
 *
 * @param bytes exactly `count` voxels
 */
export function decodeVoxels(
  bytes: Uint8Array<ArrayBuffer>,
  datatype: Datatype,
  littleEndian: boolean,
): VoxelArray {
  const count = bytes.byteLength / datatype.bytes;
  if (littleEndian || datatype.bytes === 1) {
    const aligned = bytes.byteOffset % datatype.bytes === 0 ? bytes : bytes.slice();
    const view = datatype.wrap(aligned.buffer, aligned.byteOffset, count);
    if (view) return view;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const voxels = datatype.allocate(count);
  for (let index = 0; index < count; index++) {
    voxels[index] = datatype.read(view, index * datatype.bytes, littleEndian);
  }
  return voxels;
}

/** The NIfTI code and bits of the array that holds some voxels. */
export function datatypeCodeOf(voxels: VoxelArray): { code: number; bits: number } {
  const bits = voxels.BYTES_PER_ELEMENT * 8;
  if (voxels instanceof Float32Array) return { code: 16, bits };
  if (voxels instanceof Float64Array) return { code: 64, bits };
  if (voxels instanceof Uint8Array) return { code: 2, bits };
  if (voxels instanceof Int8Array) return { code: 256, bits };
  if (voxels instanceof Int16Array) return { code: 4, bits };
  if (voxels instanceof Uint16Array) return { code: 512, bits };
  if (voxels instanceof Int32Array) return { code: 8, bits };
  return { code: 768, bits };
}
