import { VoxmimError } from '@voxmim/core';

import { decodeValues, elementBytes } from '../safetensors/element-types.js';
import type { StoredValues } from '../safetensors/stored-tensor.js';
import type { PickledGlobal } from './unpickle.js';

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

/**
 * The memory that tensors of one file share. Each storage is decoded once, however many tensors lie in
 * it, and the tensors together may have no more elements than the file has bytes: room for a few names
 * of one tensor, and a bound on what reading them may cost.
 */
export class TensorStorages {
  readonly #decoded = new Map<string, StoredValues>();
  #elements = 0;

  constructor(
    /** Named in errors. */
    readonly path: string,
    /** The bytes of a storage, by its key. */
    readonly bytesOf: (key: string) => Uint8Array | undefined,
    readonly fileBytes: number,
  ) {}

  /**
   * Every value of a storage.
   *
   * @throws `INVALID_FILE` when it is missing; `UNSUPPORTED_FILE` for other elements
   */
  valuesOf(tensor: string, kind: PickledGlobal, key: string): StoredValues {
    const dtype = Object.hasOwn(ELEMENT_TYPES, kind.name) ? ELEMENT_TYPES[kind.name] : undefined;
    if (dtype === undefined) throw this.#unsupported(tensor, kind);
    const known = this.#decoded.get(`${dtype}/${key}`);
    if (known) return known;
    const bytes = this.bytesOf(key);
    if (!bytes) throw this.invalid(tensor, `has its storage in data/${key}, which is missing`);
    const end = bytes.byteLength - (bytes.byteLength % (elementBytes(dtype) ?? 1));
    const values = decodeValues(dtype, { bytes, begin: 0, end });
    this.#decoded.set(`${dtype}/${key}`, values);
    return values;
  }

  /** Adds the elements of one tensor. @throws `INVALID_FILE` when it is too many in all */
  count(tensor: string, elements: number): void {
    this.#elements += elements;
    if (this.#elements <= this.fileBytes) return;
    throw this.invalid(tensor, 'and those before it have more elements than the file has bytes');
  }

  /** What is wrong with one tensor. */
  invalid(tensor: string, what: string): VoxmimError<'INVALID_FILE'> {
    return new VoxmimError(
      'INVALID_FILE',
      `${this.path} is no sound PyTorch file: tensor "${tensor}" ${what}.`,
      'Copy or download the file again.',
      { path: this.path },
    );
  }

  #unsupported(tensor: string, { module, name }: PickledGlobal): VoxmimError<'UNSUPPORTED_FILE'> {
    return new VoxmimError(
      'UNSUPPORTED_FILE',
      `${this.path}: tensor "${tensor}" has elements of ${module}.${name}.`,
      'Convert it to float32 in PyTorch and save it again.',
      { path: this.path, feature: name },
    );
  }
}
