import * as z from 'zod';

import type { StoredTensor, StoredValues } from '../safetensors/stored-tensor.js';
import type { TensorStorages } from './tensor-storages.js';
import { PersistentId, PickledGlobal, PickledObject, type Unpickled } from './unpickle.js';

/** PyTorch allows no more axes. */
const MOST_AXES = 64;

/** Measured before it is looked through: one long list may stand in many tensors. */
const extents = z
  .custom<Unpickled[]>((value) => Array.isArray(value) && value.length <= MOST_AXES)
  .pipe(z.array(z.int().nonnegative()));
/** What `_rebuild_tensor_v2` is given: storage, offset, shape, strides; more is not needed. */
const TensorArguments = z.tuple([
  z.instanceof(PersistentId),
  z.int().nonnegative(),
  extents,
  extents,
]);
/** The id of a storage: kind, class, key; device and length follow. */
const StorageId = z.tuple([z.literal('storage'), z.instanceof(PickledGlobal), z.string()]);

/**
 * Reads one pickled tensor, row-major whatever its strides; a view of its storage where they allow it.
 *
 * @throws `INVALID_FILE` when it reaches outside its storage, or when the tensors read so far have more
 *   elements than the file has bytes; `UNSUPPORTED_FILE` for other elements
 */
export function readTensor(
  tensor: PickledObject,
  name: string,
  storages: TensorStorages,
): StoredTensor {
  const parsed = TensorArguments.safeParse(firstOf(argumentsOf(tensor), 4));
  if (!parsed.success) throw storages.invalid(name, 'is described by what no PyTorch writes');
  const [storage, offset, shape, strides] = parsed.data;
  const values = valuesOf(storage, name, storages);
  const count = shape.reduce((product, extent) => product * extent, 1);
  const last = shape.reduce(
    (sum, extent, axis) => sum + (extent - 1) * (strides[axis] ?? 0),
    offset,
  );
  if (shape.length !== strides.length || (count > 0 && last >= values.length)) {
    throw storages.invalid(name, 'reaches outside its storage');
  }
  if (count > values.length) throw storages.invalid(name, 'has more elements than its storage');
  storages.count(name, count);
  return isContiguous(shape, strides)
    ? { shape, values: values.subarray(offset, offset + count) }
    : { shape, values: gather(values, offset, shape, strides) };
}

/** A parameter wraps its tensor. */
function argumentsOf({ callable, args }: PickledObject): Unpickled {
  const wraps = callable instanceof PickledGlobal && callable.name === '_rebuild_parameter';
  const [inner] = wraps && Array.isArray(args) ? args : [];
  return inner instanceof PickledObject ? inner.args : args;
}

function firstOf(value: Unpickled, count: number): unknown {
  return Array.isArray(value) ? value.slice(0, count) : value;
}

function valuesOf({ id }: PersistentId, name: string, storages: TensorStorages): StoredValues {
  const parsed = StorageId.safeParse(firstOf(id, 3));
  if (!parsed.success) throw storages.invalid(name, 'has no storage');
  const [, kind, key] = parsed.data;
  return storages.valuesOf(name, kind, key);
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
