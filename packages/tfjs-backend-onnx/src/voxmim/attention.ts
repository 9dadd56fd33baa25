import { add, multiply, subtract } from '../graph/arithmetic.js';
import { matMul } from '../graph/product.js';
import { reduce } from '../graph/reduction.js';
import type { Value } from '../graph/value.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { softmax } from '../kernels/reduction.js';
import { kernel } from '../kernels/register.js';
import { Companions } from '../graph/companions.js';

const probabilities = new Companions<{
  readonly keys: Value;
  readonly bias: Value | undefined;
  readonly p: Value;
}>();

/** Registers scaled dot-product attention and its gradient. */
export function registerAttentionKernels(): void {
  kernel('VoxmimAttention', (call) => matMul(attentionOf(call), call.input('v')));
  kernel('VoxmimAttentionGrad', attentionGradient);
}

/** softmax(scale q kᵀ + bias), `[B, H, L, L]`; shared between a call and its gradient. */
function attentionOf(call: KernelCall): Value {
  const q = call.input('q');
  const keys = call.input('k');
  const bias = call.optional('bias');
  const alpha = call.number('scale');
  const known = probabilities.get(q, String(alpha));
  if (known && known.keys === keys && known.bias === bias) return known.p;
  const scores = matMul(q, keys, { transposeB: true, alpha });
  const p = softmax(bias ? add(scores, bias) : scores, -1);
  probabilities.set(q, String(alpha), { keys, bias, p });
  return p;
}

function attentionGradient(call: KernelCall): Value[] {
  const dy = call.input('dy');
  const alpha = call.number('scale');
  const p = attentionOf(call);
  const dp = matMul(dy, call.input('v'), { transposeB: true });
  const weighted = multiply(dp, p);
  const rowSums = reduce('ReduceSum', weighted, [p.rank - 1], true);
  const scores = subtract(weighted, multiply(p, rowSums));
  const gradients = [
    matMul(scores, call.input('k'), { alpha }),
    matMul(scores, call.input('q'), { transposeA: true, alpha }),
    matMul(p, dy, { transposeA: true }),
  ];
  const bias = call.optional('bias');
  return bias ? [...gradients, sumTo(scores, bias.shape)] : gradients;
}

/** Sums what broadcasting had repeated. */
function sumTo(x: Value, shape: readonly number[]): Value {
  const missing = x.rank - shape.length;
  const leading = x.shape.map((_, axis) => axis).slice(0, missing);
  const summed = reduce('ReduceSum', x, leading, false);
  const axes = shape
    .map((_, axis) => axis)
    .filter((axis) => shape[axis] === 1 && summed.shape[axis] !== 1);
  return axes.length > 0 ? reduce('ReduceSum', summed, axes, true) : summed;
}
