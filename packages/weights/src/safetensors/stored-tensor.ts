/** Values of a tensor on the host, row-major. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly values: StoredValues;
}

/** The arrays that safetensors files hold; half precision is widened to float32 when read. */
export type StoredValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Tensors by the path of the variable they belong to. */
export type TensorMap = ReadonlyMap<string, StoredTensor>;
