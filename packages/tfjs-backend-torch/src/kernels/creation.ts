import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import { TorchBackendError } from '../error.js';
import type { KernelCall } from './kernel-call.js';
import { kernel, nativeKernel } from './register.js';

/** Registers kernels that make tensors from attributes, and type casts. */
export function registerCreationKernels(): void {
  nativeKernel('Fill', fill);
  kernel('ZerosLike', (call) => filledLike(call, 0));
  kernel('OnesLike', (call) => filledLike(call, 1));
  nativeKernel('Cast', (call) => {
    const x = call.info('x');
    const type = elementType(call, call.text('dtype'));
    if (x.dtype === type) return call.backend.share(x);
    return call.backend.hold(cast(call, call.input('x'), x.dtype, type));
  });
  nativeKernel('Range', (call) => {
    const start = call.number('start');
    const stop = call.number('stop');
    const given = call.number('step');
    const step = stop < start && given === 1 ? -1 : given;
    const empty = start === stop || (start < stop && step < 0) || (stop < start && step > 1);
    const count = empty ? 0 : Math.abs(Math.ceil((stop - start) / step));
    const dtype = elementType(call, call.text('dtype', 'float32'));
    return hostFilled(call, count, dtype, (index) => start + index * step);
  });
  nativeKernel('LinSpace', (call) => {
    const num = call.number('num');
    const start = call.number('start');
    const step = num > 1 ? (call.number('stop') - start) / (num - 1) : 0;
    return hostFilled(call, num, 'float32', (index) => start + index * step);
  });
  kernel('Select', (call) => {
    const [t, e] = [call.info('t'), call.info('e')];
    const condition = alignLeft(call, call.backend.cast(call.input('condition'), 'bool'));
    const other =
      t.dtype === e.dtype
        ? call.input('e')
        : call.backend.cast(call.input('e'), elementType(call, t.dtype));
    return call.ops.where(condition, call.input('t'), other);
  });
}

/** The element type of a TF.js type name. */
export function elementType(call: KernelCall, dtype: string): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TorchBackendError(
    'UNSUPPORTED_DTYPE',
    `${call.name} was asked for a ${dtype} tensor.`,
    'Use float32, int32 or bool.',
  );
}

/** By way of int64, so that numbers beyond int32 wrap around as in typed arrays. */
function cast(call: KernelCall, x: Tensor, from: string, to: 'float32' | 'int32' | 'bool'): Tensor {
  if (from !== 'float32' || to !== 'int32') return call.backend.cast(x, to);
  return call.backend.cast(call.backend.cast(x, 'int64'), 'int32');
}

function hostFilled(
  call: KernelCall,
  count: number,
  dtype: 'float32' | 'int32' | 'bool',
  at: (index: number) => number,
): TensorInfo {
  const values = Float64Array.from({ length: count }, (_, index) => at(index));
  const numbers = dtype === 'float32' ? Float32Array.from(values) : Int32Array.from(values);
  return { dataId: call.backend.write(numbers, [count], dtype), shape: [count], dtype };
}

function fill(call: KernelCall): TensorInfo {
  const shape = call.numbers('shape');
  const value: unknown = call.attributes['value'];
  if (typeof value === 'string') {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const texts = new Array<Uint8Array>(size).fill(new TextEncoder().encode(value));
    return { dataId: call.backend.write(texts, shape, 'string'), shape, dtype: 'string' };
  }
  const dtype = elementType(call, call.text('dtype', 'float32'));
  return call.backend.hold(call.backend.filled(shape, Number(value), dtype));
}

function filledLike(call: KernelCall, value: number): Tensor {
  const { shape, dtype } = call.info('x');
  return call.backend.filled(shape, value, elementType(call, dtype));
}

/** A condition of lower rank selects along the first axes. */
function alignLeft(call: KernelCall, condition: Tensor): Tensor {
  const [shape, rank] = [call.shape('condition'), call.shape('t').length];
  if (shape.length === rank || shape.length === 0) return condition;
  return call.ops.reshape(condition, [...shape, ...new Array<number>(rank - shape.length).fill(1)]);
}
