import type { TensorInfo } from '@tensorflow/tfjs-core';
import { where } from '../graph/arithmetic.js';
import { cast, expand, reshape } from '../graph/layout.js';
import { recording } from '../graph/recorder.js';
import { OnnxBackendError } from '../error.js';
import { sizeOf, type ElementType, type HostArray, type Value } from '../graph/value.js';
import type { KernelCall } from './kernel-call.js';
import { kernel, nativeKernel } from './register.js';

/** Registers kernels that make tensors from attributes, and type casts. */
export function registerCreationKernels(): void {
  nativeKernel('Fill', fill);
  kernel('ZerosLike', (call) => filled(call, 0));
  kernel('OnesLike', (call) => filled(call, 1));
  kernel('Cast', (call) => cast(call.input('x'), elementType(call.text('dtype'))));
  kernel('Range', (call) => {
    const start = call.number('start');
    const stop = call.number('stop');
    const given = call.number('step');
    const step = stop < start && given === 1 ? -1 : given;
    const empty = start === stop || (start < stop && step < 0) || (stop < start && step > 1);
    const count = empty ? 0 : Math.abs(Math.ceil((stop - start) / step));
    const dtype = elementType(call.text('dtype', 'float32'));
    return hostFilled(call, [count], dtype, (index) => start + index * step);
  });
  kernel('LinSpace', (call) => {
    const num = call.number('num');
    const start = call.number('start');
    const step = num > 1 ? (call.number('stop') - start) / (num - 1) : 0;
    return hostFilled(call, [num], 'float32', (index) => start + index * step);
  });
  kernel('Select', (call) => {
    const t = call.input('t');
    const condition = alignLeft(cast(call.input('condition'), 'bool'), t.rank);
    if (t.dtype !== 'bool') return where(condition, t, cast(call.input('e'), t.dtype));
    return cast(where(condition, cast(t, 'uint8'), cast(call.input('e'), 'uint8')), 'bool');
  });
}

/** The element type of a TF.js type name. */
export function elementType(dtype: string): 'float32' | 'int32' | 'bool' {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new OnnxBackendError(
    'UNSUPPORTED_DTYPE',
    `${recording.kernel} was asked for a ${dtype} tensor.`,
    'Use float32, int32 or bool.',
  );
}

/** A host-made value of `count` numbers. */
export function hostFilled(
  call: KernelCall,
  shape: readonly number[],
  dtype: 'float32' | 'int32' | 'bool',
  at: (index: number) => number,
): Value {
  const data = newArray(dtype, sizeOf(shape));
  for (let index = 0; index < data.length; index++) data[index] = at(index);
  return call.backend.stored(data, shape, dtype);
}

/** A value filled with one number, which is data: another number compiles no new graph. */
export function fillWith(
  call: KernelCall,
  shape: readonly number[],
  dtype: ElementType,
  value: number,
): Value {
  const type = elementType(dtype);
  const data = newArray(type, 1);
  data[0] = value;
  return expand(call.backend.stored(data, [], type), shape);
}

function newArray(
  dtype: 'float32' | 'int32' | 'bool',
  length: number,
): Exclude<HostArray, BigInt64Array> {
  if (dtype === 'float32') return new Float32Array(length);
  return dtype === 'int32' ? new Int32Array(length) : new Uint8Array(length);
}

function fill(call: KernelCall): TensorInfo {
  const shape = call.numbers('shape');
  const value: unknown = call.attributes['value'];
  if (typeof value === 'string') {
    const texts = new Array<Uint8Array>(sizeOf(shape)).fill(new TextEncoder().encode(value));
    return { dataId: call.backend.write(texts, shape, 'string'), shape, dtype: 'string' };
  }
  const dtype = elementType(call.text('dtype', 'float32'));
  return call.backend.hold(fillWith(call, shape, dtype, Number(value)));
}

function filled(call: KernelCall, value: number): Value {
  const { shape, dtype } = call.info('x');
  return fillWith(call, shape, elementType(dtype), value);
}

/** A condition of lower rank selects along the first axes. */
function alignLeft(condition: Value, rank: number): Value {
  if (condition.rank === rank || condition.rank === 0) return condition;
  const shape = [...condition.shape, ...new Array<number>(rank - condition.rank).fill(1)];
  return reshape(condition, shape);
}
