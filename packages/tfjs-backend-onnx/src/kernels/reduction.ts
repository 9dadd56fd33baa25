import { util } from '@tensorflow/tfjs-core';
import { unary, where } from '../graph/arithmetic.js';
import { cast, reshape } from '../graph/layout.js';
import { record, scalar } from '../graph/recorder.js';
import { reduce, type Reduction } from '../graph/reduction.js';
import type { Value } from '../graph/value.js';
import { countable } from './binary.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';

/** Registers sums, means, extremes, products and logical reductions. */
export function registerReductionKernels(): void {
  reduction('Sum', 'ReduceSum', 'axis');
  reduction('Prod', 'ReduceProd', 'axis');
  reduction('Max', 'ReduceMax', 'reductionIndices');
  reduction('Min', 'ReduceMin', 'axis');
  kernel('Mean', (call) => {
    const x = cast(call.input('x'), 'float32');
    return reduce('ReduceMean', x, axesOf(call, x, 'axis'), call.flag('keepDims'));
  });
  kernel('All', (call) => logical(call, 'ReduceMin'));
  kernel('Any', (call) => logical(call, 'ReduceMax'));
  kernel('ArgMax', (call) => position(call, 'ArgMax'));
  kernel('ArgMin', (call) => position(call, 'ArgMin'));
  kernel('Softmax', (call) => softmax(call.input('logits'), call.number('dim', -1)));
  kernel('LogSoftmax', (call) => {
    const logits = call.input('logits');
    return record('LogSoftmax', [logits], logits, { axis: call.number('axis', -1) });
  });
  kernel('Cumsum', cumulativeSum);
}

/** Softmax along `axis`. */
export function softmax(x: Value, axis: number): Value {
  return record('Softmax', [x], x, { axis: axis < 0 ? axis + x.rank : axis });
}

/** The axes that an attribute names; none given means all. */
export function axesOf(call: KernelCall, x: Value, attribute: string): number[] {
  const axes = call.has(attribute) ? call.perAxis(attribute, 1) : x.shape.map((_, axis) => axis);
  return util.parseAxisParam(axes, [...x.shape]);
}

function reduction(name: string, operator: Reduction, attribute: string): void {
  kernel(name, (call) => {
    const x = countable(call.input('x'));
    const reduced = reduce(operator, x, axesOf(call, x, attribute), call.flag('keepDims'));
    if (name !== 'Max' && name !== 'Min') return reduced;
    return cast(
      withNaNs(x, reduced, axesOf(call, x, attribute), call.flag('keepDims')),
      call.input('x').dtype,
    );
  });
}

/** ONNX Runtime's extremes skip NaNs; TF.js's are NaN where there was one. */
function withNaNs(x: Value, extreme: Value, axes: readonly number[], keepDims: boolean): Value {
  if (x.dtype !== 'float32') return extreme;
  const marks = cast(unary('IsNaN', x, 'bool'), 'float32');
  return where(cast(reduce('ReduceMax', marks, axes, keepDims), 'bool'), scalar(NaN), extreme);
}

function logical(call: KernelCall, operator: Reduction): Value {
  const x = cast(cast(call.input('x'), 'bool'), 'int32');
  return cast(reduce(operator, x, axesOf(call, x, 'axis'), call.flag('keepDims')), 'bool');
}

function withoutNaNs(x: Value, replacement: number): Value {
  return x.dtype === 'float32' ? where(unary('IsNaN', x, 'bool'), scalar(replacement), x) : x;
}

function position(call: KernelCall, operator: 'ArgMax' | 'ArgMin'): Value {
  const x = withoutNaNs(countable(call.input('x')), operator === 'ArgMax' ? -Infinity : Infinity);
  const [axis = 0] = axesOf(call, x, 'axis');
  const shape = x.shape.filter((_, index) => index !== axis);
  if (x.rank === 0) return cast(reshape(x, []), 'int32');
  return cast(record(operator, [x], { dtype: 'int64', shape }, { axis, keepdims: 0 }), 'int32');
}

function cumulativeSum(call: KernelCall): Value {
  const x = countable(call.input('x'));
  return record('CumSum', [x, scalar(call.number('axis'), 'int64')], x, {
    exclusive: call.flag('exclusive') ? 1 : 0,
    reverse: call.flag('reverse') ? 1 : 0,
  });
}
