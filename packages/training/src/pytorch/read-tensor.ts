import { VoxmimError } from '@voxmim/core';
import { z } from 'zod';

import { decodeValues, elementBytes } from '../safetensors/element-types.js';
import type { StoredTensor, StoredValues } from '../safetensors/stored-tensor.js';
import { PersistentId, PickledGlobal, PickledObject } from './unpickle.js';

/** The memory that tensors of one file share. */
export interface Storages {
  /** Named in errors. */
  readonly path: string;
  /** The bytes of a storage, by its key. */
  readonly bytesOf: (key: string) => Uint8Array | undefined;
}

/** PyTorch's storage classes, as safetensors names their elements. */
const ELEMENT_TYPES: Readonly<Record<string, string>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

const extents = z.array(z.int().nonnegative());
/** What `_rebuild_tensor_v2` is given: storage, offset, shape, strides; more is not needed. */
const TensorArguments = z.tuple(
  [z.instanceof(PersistentId), z.int().nonnegative(), extents, extents],
  z.unknown(),
);
/** The id of a storage: kind, class, key; device and length follow. */
const StorageId = z.tuple(
  [z.literal('storage'), z.instanceof(PickledGlobal), z.string()],
  z.unknown(),
);

/**
 * Reads one pickled tensor, row-major whatever its strides; a view of the file where they allow it.
 *
 * @throws `INVALID_FILE` when it reaches outside its storage; `UNSUPPORTED_FILE` for other elements
 */
export function readTensor(tensor: PickledObject, name: string, storages: Storages): StoredTensor {
  const { path } = storages;
  const parsed = TensorArguments.safeParse(argumentsOf(tensor));
  if (!parsed.success) throw invalid(path, name, 'is described by what no PyTorch writes');
  const [storage, offset, shape, strides] = parsed.data;
  const { dtype, bytes } = storageOf(storage, name, storages);
  const size = elementBytes(dtype) ?? 1;
  const available = bytes.byteLength / size;
  const last = shape.reduce(
    (sum, extent, axis) => sum + (extent - 1) * (strides[axis] ?? 0),
    offset,
  );
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (shape.length !== strides.length || (count > 0 && last >= available)) {
    throw invalid(path, name, 'reaches outside its storage');
  }
  if (count > available) throw invalid(path, name, 'has more elements than its storage');
  if (isContiguous(shape, strides)) {
    const range = { bytes, begin: offset * size, end: (offset + count) * size };
    return { shape, values: decodeValues(dtype, range) };
  }
  const all = decodeValues(dtype, { bytes, begin: 0, end: bytes.byteLength });
  return { shape, values: gather(all, offset, shape, strides) };
}

/** A parameter wraps its tensor. */
function argumentsOf({ callable, args }: PickledObject): unknown {
  const wraps = callable instanceof PickledGlobal && callable.name === '_rebuild_parameter';
  const [inner] = wraps && Array.isArray(args) ? args : [];
  return inner instanceof PickledObject ? inner.args : args;
}

function storageOf({ id }: PersistentId, name: string, { path, bytesOf }: Storages) {
  const parsed = StorageId.safeParse(id);
  if (!parsed.success) throw invalid(path, name, 'has no storage');
  const [, kind, key] = parsed.data;
  const dtype = ELEMENT_TYPES[kind.name];
  if (dtype === undefined) {
    throw new VoxmimError(
      'UNSUPPORTED_FILE',
      `${path}: tensor "${name}" has elements of ${kind.module}.${kind.name}.`,
      'Convert it to float32 in PyTorch and save it again.',
      { path, feature: kind.name },
    );
  }
  const bytes = bytesOf(key);
  if (!bytes) throw invalid(path, name, `has its storage in data/${key}, which is missing`);
  const whole = bytes.byteLength - (bytes.byteLength % (elementBytes(dtype) ?? 1));
  return { dtype, bytes: bytes.subarray(0, whole) };
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1;
    if (extent > 1 && strides[axis] !== expected) return false;
    expected *= extent;
  }
  return true;
}

function gather(
  source: StoredValues,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): Float32Array {
  const count = shape.reduce((product, extent) => product * extent, 1);
  const values = new Float32Array(count);
  const position = shape.map(() => 0);
  let from = offset;
  for (let index = 0; index < count; index++) {
    values[index] = source[from] ?? NaN;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [extent, stride] = [shape[axis] ?? 1, strides[axis] ?? 0];
      position[axis] = (position[axis] ?? 0) + 1;
      from += stride;
      if ((position[axis] ?? 0) < extent) break;
      from -= stride * extent;
      position[axis] = 0;
    }
  }
  return values;
}

function invalid(path: string, name: string, what: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${path} is no sound PyTorch file: tensor "${name}" ${what}.`,
    'Copy or download the file again.',
    { path },
  );
}
