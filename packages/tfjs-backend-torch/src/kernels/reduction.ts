import { util } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';
import { countable } from './unary.js';

/** Registers sums, means, extremes, products and logical reductions. */
export function registerReductionKernels(): void {
  kernel('Sum', (call) => {
    const x = countable(call, call.kept('x'));
    const type = call.info('x').dtype === 'float32' ? 'float32' : 'int32';
    return sum(call, x, axesOf(call, 'axis'), type);
  });
  kernel('Mean', (call) => {
    const axes = axesOf(call, 'axis');
    const { ops, backend } = call;
    if (axes.length === 0) return backend.cast(call.kept('x'), 'float32');
    return ops.mean(call.kept('x'), axes, call.flag('keepDims'), backend.types.code('float32'));
  });
  kernel('Prod', (call) => {
    const x = countable(call, call.input('x'));
    const { ops } = call;
    const axes = axesOf(call, 'axis').sort((a, b) => b - a);
    const dtype = call.backend.torch.dtypeOf(x);
    return axes.reduce(
      (product, axis) => ops.prod(product, axis, call.flag('keepDims'), dtype),
      axes.length === 0 ? ops.clone(x, null) : x,
    );
  });
  kernel('Max', (call) => extreme(call, 'amax', 'reductionIndices'));
  kernel('Min', (call) => extreme(call, 'amin', 'axis'));
  kernel('All', (call) => logical(call, 'amin'));
  kernel('Any', (call) => logical(call, 'amax'));
  kernel('ArgMax', (call) => position(call, 'argmax', -Infinity));
  kernel('ArgMin', (call) => position(call, 'argmin', Infinity));
  kernel('Softmax', (call) =>
    call.ops.softmax(call.input('logits'), call.number('dim', -1), false),
  );
  kernel('LogSoftmax', (call) =>
    call.ops.logSoftmax(call.input('logits'), call.number('axis', -1), false),
  );
  kernel('Cumsum', cumulativeSum);
}

/** The axes that an attribute names; none given means all. */
function axesOf(call: KernelCall, attribute: string): number[] {
  const { shape } = call.info('x');
  const axes = call.has(attribute) ? call.perAxis(attribute, 1) : shape.map((_, axis) => axis);
  return util.parseAxisParam(axes, [...shape]);
}

function sum(
  call: KernelCall,
  x: Tensor,
  axes: readonly number[],
  type: 'float32' | 'int32',
): Tensor {
  if (axes.length === 0) return call.backend.cast(x, type);
  return call.ops.sum(x, axes, call.flag('keepDims'), call.backend.types.code(type));
}

/** Of no elements: what any element would be better than. */
function extreme(call: KernelCall, operator: 'amax' | 'amin', attribute: string): Tensor {
  const x = countable(call, call.input('x'));
  const axes = axesOf(call, attribute);
  if (axes.length === 0) return call.ops.clone(x, null);
  if (call.shape('x').includes(0)) return extremeOfNone(call, operator, axes);
  const reduced = call.ops[operator](x, axes, call.flag('keepDims'));
  return call.info('x').dtype === 'bool' ? call.backend.cast(reduced, 'bool') : reduced;
}

function extremeOfNone(
  call: KernelCall,
  operator: 'amax' | 'amin',
  axes: readonly number[],
): Tensor {
  const shape = call
    .shape('x')
    .flatMap((extent, axis) =>
      axes.includes(axis) ? (call.flag('keepDims') ? [1] : []) : [extent],
    );
  return call.backend.filled(shape, operator === 'amax' ? -Infinity : Infinity, 'float32');
}

function logical(call: KernelCall, operator: 'amax' | 'amin'): Tensor {
  const x = call.backend.cast(call.input('x'), 'bool');
  const axes = axesOf(call, 'axis');
  return axes.length === 0 ? x : call.ops[operator](x, axes, call.flag('keepDims'));
}

function position(call: KernelCall, operator: 'argmax' | 'argmin', worst: number): Tensor {
  const { ops, backend } = call;
  const x = countable(call, call.input('x'));
  if (call.shape('x').length === 0) return backend.filled([], 0, 'int32');
  const filled =
    call.info('x').dtype === 'float32' ? ops.where(ops.isnan(x), backend.scalar(worst), x) : x;
  const [axis = 0] = axesOf(call, 'axis');
  return backend.cast(ops[operator](filled, axis, false), 'int32');
}

function cumulativeSum(call: KernelCall): Tensor {
  const { ops, backend } = call;
  const x = countable(call, call.input('x'));
  const [axis = 0] = util.parseAxisParam(call.number('axis'), [...call.shape('x')]);
  const reverse = call.flag('reverse');
  const forward = reverse ? ops.flip(x, [axis]) : x;
  const dtype = backend.torch.dtypeOf(x);
  const extent = call.shape('x')[axis] ?? 0;
  const sums = ops.cumsum(
    call.flag('exclusive') ? shifted(call, forward, axis, extent) : forward,
    axis,
    dtype,
  );
  return reverse ? ops.flip(sums, [axis]) : sums;
}

/** One step later along an axis, with a zero first. */
function shifted(call: KernelCall, x: Tensor, axis: number, extent: number): Tensor {
  if (extent === 0) return x;
  const rank = call.shape('x').length;
  const amounts = new Array<number>(2 * rank).fill(0);
  amounts[2 * (rank - 1 - axis)] = 1;
  return call.ops.pad(call.ops.narrow(x, axis, 0, extent - 1), amounts, 'constant', 0);
}
