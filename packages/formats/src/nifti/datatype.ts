import { type VoxelArray, VoxmimError } from '@voxmim/core';

/** The types that NIfTI stores one real number per voxel in. */
export const niftiDatatypes = [
  'uint8',
  'int8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'float32',
  'float64',
  'int64',
  'uint64',
] as const;

/** Name of a stored type. */
export type NiftiDatatypeName = (typeof niftiDatatypes)[number];

/** Stored values; 64-bit integers have no array of numbers. */
export type StoredArray = VoxelArray | BigInt64Array | BigUint64Array;

interface StoredArrayClass {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): StoredArray;
  new (buffer: ArrayBuffer, offset: number, length: number): StoredArray;
}

/** A stored type, and the array that holds it in this machine's byte order. */
export interface NiftiDatatype {
  readonly code: number;
  readonly name: NiftiDatatypeName;
  readonly ArrayClass: StoredArrayClass;
}

const datatypes: readonly NiftiDatatype[] = [
  { code: 2, name: 'uint8', ArrayClass: Uint8Array },
  { code: 4, name: 'int16', ArrayClass: Int16Array },
  { code: 8, name: 'int32', ArrayClass: Int32Array },
  { code: 16, name: 'float32', ArrayClass: Float32Array },
  { code: 64, name: 'float64', ArrayClass: Float64Array },
  { code: 256, name: 'int8', ArrayClass: Int8Array },
  { code: 512, name: 'uint16', ArrayClass: Uint16Array },
  { code: 768, name: 'uint32', ArrayClass: Uint32Array },
  { code: 1024, name: 'int64', ArrayClass: BigInt64Array },
  { code: 1280, name: 'uint64', ArrayClass: BigUint64Array },
];

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
export function datatypeOf(code: number, origin: string): NiftiDatatype {
  const known = datatypes.find((datatype) => datatype.code === code);
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

/** The datatype that stores an array as it is. */
export function datatypeOfArray(voxels: StoredArray): NiftiDatatype {
  return datatypes.find((datatype) => voxels.constructor === datatype.ArrayClass) ?? datatypes[4];
}

/** The datatype of a name. */
export function datatypeNamed(name: NiftiDatatypeName): NiftiDatatype {
  return datatypes.find((datatype) => datatype.name === name) ?? datatypes[4];
}
