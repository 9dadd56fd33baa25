import type { BackendValues, DataType } from '@tensorflow/tfjs-core';

import type { Tensor } from './abi/tensor.js';
import type { Torch } from './abi/torch.js';
import { TorchBackendError } from './error.js';

/** The types that tensors here can have. */
export type TensorType = 'float32' | 'int32' | 'bool';

/** An array with the layout of a {@link TensorType}. */
export type HostArray = Float32Array | Int32Array | Uint8Array;

/** A tensor on the host with a copy of `array`. */
export function upload(
  torch: Torch,
  array: HostArray,
  shape: readonly number[],
  type: TensorType,
): Tensor {
  const { library } = torch;
  const host = torch.empty(shape, library.constants[type], [library.constants.cpu, 0]);
  if (array.byteLength > 0) library.copyIn(torch.dataPointer(host), array, array.byteLength);
  return host;
}

/** The numbers of a tensor, from wherever it is; waits for the device. */
export function download(torch: Torch, tensor: Tensor, type: TensorType): HostArray {
  return torch.scope(() => {
    const shape = torch.shapeOf(tensor);
    const { library } = torch;
    const host = torch.empty(shape, library.constants[type], [library.constants.cpu, 0]);
    torch.copyInto(host, tensor);
    const array = newArray(
      type,
      shape.reduce((size, extent) => size * extent, 1),
    );
    if (array.length > 0) library.copyOut(array, torch.dataPointer(host), array.byteLength);
    return array;
  });
}

/**
 * The type of a tensor by TF.js's name.
 *
 * @throws `UNSUPPORTED_DTYPE`
 */
export function tensorType(dtype: DataType, shape: readonly number[]): TensorType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TorchBackendError(
    'UNSUPPORTED_DTYPE',
    `A ${dtype} tensor of shape [${shape.join()}] was given to the torch backend.`,
    'Use float32, int32 or bool.',
  );
}

/** What TF.js hands over, in the layout of a type. */
export function hostArray(values: BackendValues, type: TensorType): HostArray {
  const numbers = values as ArrayLike<number>;
  if (type === 'float32')
    return numbers instanceof Float32Array ? numbers : new Float32Array(numbers);
  if (type === 'int32') return numbers instanceof Int32Array ? numbers : new Int32Array(numbers);
  return Uint8Array.from(numbers, (value) => Number(value !== 0));
}

function newArray(type: TensorType, length: number): HostArray {
  if (type === 'float32') return new Float32Array(length);
  return type === 'int32' ? new Int32Array(length) : new Uint8Array(length);
}
