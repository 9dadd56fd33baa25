import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';
import { countable } from './unary.js';

const COMPARISONS = {
  Equal: 'eq',
  NotEqual: 'ne',
  Greater: 'gt',
  GreaterEqual: 'ge',
  Less: 'lt',
  LessEqual: 'le',
} as const;
const LOGIC = {
  LogicalAnd: 'logicalAnd',
  LogicalOr: 'logicalOr',
  LogicalXor: 'logicalXor',
} as const;

/** Registers the elementwise kernels of two inputs. */
export function registerBinaryKernels(): void {
  arithmetic('Add', (call, a, b) => add(call, a, b));
  arithmetic('Sub', (call, a, b) => subtract(call, a, b));
  arithmetic('Multiply', (call, a, b) => call.ops.mul(a, b));
  arithmetic('RealDiv', divide);
  arithmetic('Maximum', (call, a, b) => call.ops.maximum(a, b));
  arithmetic('Minimum', (call, a, b) => call.ops.minimum(a, b));
  arithmetic('Pow', power);
  arithmetic('FloorDiv', floorDivide);
  arithmetic('Mod', modulo);
  arithmetic('SquaredDifference', (call, a, b) => {
    const difference = subtract(call, a, b);
    return call.ops.mul(difference, difference);
  });
  arithmetic('Atan2', (call, a, b) => call.ops.atan2(a, b));
  for (const [name, operator] of Object.entries(COMPARISONS)) {
    kernel(name, (call) => call.ops[operator](...pair(call)));
  }
  for (const [name, operator] of Object.entries(LOGIC)) {
    kernel(name, (call) => call.ops[operator](call.raw('a'), call.raw('b')));
  }
  kernel('BitwiseAnd', (call) => call.ops.bitwiseAnd(call.raw('a'), call.raw('b')));
  kernel('AddN', (call) => {
    const [first, ...rest] = call.list().map((info) => countable(call, call.backend.raw(info)));
    if (!first) throw new RangeError('nothing to add');
    const sum = rest.reduce((total, tensor) => add(call, total, tensor), first);
    return rest.length > 0 ? sum : call.ops.clone(first, null);
  });
}

/** `a + b`. libtorch's C interface adds floating point numbers only; integers go through a sum. */
export function add(call: KernelCall, a: Tensor, b: Tensor): Tensor {
  return signedSum(call, a, b, 1);
}

function subtract(call: KernelCall, a: Tensor, b: Tensor): Tensor {
  return signedSum(call, a, b, -1);
}

function signedSum(call: KernelCall, a: Tensor, b: Tensor, sign: 1 | -1): Tensor {
  const { backend, ops } = call;
  if (!backend.types.is(a, 'int32')) return backend.torch.add(a, b, sign, backend.addition(a, b));
  const shape = backend_util.assertAndGetBroadcastShape(
    backend.torch.shapeOf(a),
    backend.torch.shapeOf(b),
  );
  const terms = [a, sign === 1 ? b : ops.neg(b)].map((term) => ops.expand(term, shape, false));
  return ops.sum(ops.stack(terms, 0), [0], false, backend.types.code('int32'));
}

function arithmetic(
  name: string,
  compute: (call: KernelCall, a: Tensor, b: Tensor) => Tensor,
): void {
  kernel(name, (call) => compute(call, ...pair(call)));
}

/** Both operands in one type that can be counted with, that of the first. */
function pair(call: KernelCall): [Tensor, Tensor] {
  const [a, b] = [call.info('a'), call.info('b')];
  if (a.dtype === 'float32' && b.dtype === 'float32') return realPair(call, a, b);
  const first = countable(call, call.backend.raw(a));
  const second = countable(call, call.backend.raw(b));
  if (a.dtype === 'float32') return [first, call.backend.cast(second, 'float32')];
  return [first, b.dtype === 'float32' ? call.backend.cast(second, 'int32') : second];
}

/**
 * A bias or scale in float32 must not raise activations in bfloat16; between tensors of rank two and
 * more float32 wins, so that residual streams and losses stay in it.
 */
function realPair(call: KernelCall, a: TensorInfo, b: TensorInfo): [Tensor, Tensor] {
  const { backend } = call;
  const [first, second] = [backend.raw(a), backend.raw(b)];
  if (!backend.isLow) return [first, second];
  const isLow = (tensor: Tensor) => backend.types.is(tensor, 'bfloat16');
  if (b.shape.length === 1 && isLow(first)) return [first, backend.lowered(b)];
  if (a.shape.length === 1 && isLow(second)) return [backend.lowered(a), second];
  return [first, second];
}

/** Quotients of integers are rounded towards zero, as TF.js's cpu backend stores them. */
function divide(call: KernelCall, a: Tensor, b: Tensor): Tensor {
  const quotient = call.ops.div(a, b);
  return call.backend.types.is(a, 'int32') ? call.backend.cast(quotient, 'int32') : quotient;
}

function floorDivide(call: KernelCall, a: Tensor, b: Tensor): Tensor {
  const quotient = call.ops.floor(call.ops.div(a, b));
  return call.backend.types.is(a, 'int32') ? call.backend.cast(quotient, 'int32') : quotient;
}

function modulo(call: KernelCall, a: Tensor, b: Tensor): Tensor {
  return call.ops.remainder(a, b);
}

function power(call: KernelCall, a: Tensor, b: Tensor): Tensor {
  if (!call.backend.types.is(a, 'int32')) return call.ops.pow(a, b);
  const wide = call.ops.pow(call.backend.cast(a, 'float64'), call.backend.cast(b, 'float64'));
  return call.backend.cast(wide, 'int32');
}
