import { add, unary } from '../graph/arithmetic.js';
import { matMul } from '../graph/product.js';
import { record } from '../graph/recorder.js';
import type { Value } from '../graph/value.js';
import { cast } from '../graph/layout.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';
import { clip, prelu } from './unary.js';

/** Registers matrix products. */
export function registerProductKernels(): void {
  kernel('BatchMatMul', (call) =>
    product(call.input('a'), call.input('b'), call.flag('transposeA'), call.flag('transposeB')),
  );
  kernel('_FusedMatMul', (call) => {
    const result = product(call.input('a'), call.input('b'), call.flag('transposeA'), call.flag('transposeB'));
    const bias = call.optional('bias');
    return activate(call, bias ? add(result, bias) : result);
  });
}

/** The activation that a fused TF.js kernel applies to its result. */
export function activate(call: KernelCall, x: Value): Value {
  const activation = call.text('activation', 'linear');
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return unary('Relu', x);
    case 'relu6':
      return clip(x, 0, 6);
    case 'elu':
      return unary('Elu', x);
    case 'sigmoid':
      return unary('Sigmoid', x);
    case 'leakyrelu':
      return record('LeakyRelu', [x], x, { alpha: { float: call.number('leakyreluAlpha', 0.2) } });
    case 'prelu':
      return prelu(x, call.input('preluActivationWeights'));
    default:
      throw new RangeError(`activation ${activation} is unknown`);
  }
}

function product(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  if (a.dtype === 'float32') return matMul(a, b, { transposeA, transposeB });
  return cast(matMul(cast(a, 'float32'), cast(b, 'float32'), { transposeA, transposeB }), a.dtype);
}
