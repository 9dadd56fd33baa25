import { backend_util } from '@tensorflow/tfjs-core';
import { add, divide, multiply, shift, subtract, unary } from '../graph/arithmetic.js';
import { matMul } from '../graph/product.js';
import { record } from '../graph/recorder.js';
import { shapeText, type Value } from '../graph/value.js';
import { cast, reshape } from '../graph/layout.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';
import { clip, prelu } from './unary.js';

/** Registers matrix products. */
export function registerProductKernels(): void {
  kernel('BatchMatMul', (call) =>
    product(call.input('a'), call.input('b'), call.flag('transposeA'), call.flag('transposeB')),
  );
  kernel('Einsum', (call) => {
    const values = call.list();
    const equation = call.text('equation').replace(/\s/g, '');
    return record(
      'Einsum',
      values,
      { dtype: 'float32', shape: einsumShape(equation, values) },
      { equation },
    );
  });
  kernel('FusedBatchNorm', (call) => {
    const root = unary('Sqrt', shift(call.input('variance'), call.number('varianceEpsilon')));
    const offset = call.optional('offset');
    const factor = call.optional('scale');
    const normalized = divide(subtract(call.input('x'), call.input('mean')), root);
    const scaled = factor ? multiply(normalized, factor) : normalized;
    return offset ? add(scaled, offset) : scaled;
  });
  kernel('_FusedMatMul', (call) => {
    const result = product(
      call.input('a'),
      call.input('b'),
      call.flag('transposeA'),
      call.flag('transposeB'),
    );
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
      return prelu(x, alongChannels(call, call.input('preluActivationWeights')));
    default:
      throw new RangeError(`activation ${activation} is unknown`);
  }
}

/** One number per channel, laid where the channels are. */
export function alongChannels(call: KernelCall, perChannel: Value): Value {
  const first = call.text('dataFormat', 'NHWC').startsWith('NC');
  return first && perChannel.rank === 1 ? reshape(perChannel, [perChannel.size, 1, 1]) : perChannel;
}

function einsumShape(equation: string, values: readonly Value[]): number[] {
  const { allDims, summedDims, idDims } = backend_util.decodeEinsumEquation(
    equation,
    values.length,
  );
  const extents = new Map<number, number>();
  idDims.forEach((dims, index) => {
    const shape = values[index]?.shape ?? [];
    dims.forEach((dim, axis) => {
      const known = extents.get(dim) ?? shape[axis] ?? 1;
      if (known !== shape[axis]) {
        throw new RangeError(
          `Expected dimension ${known} at axis ${axis} of input shaped ${shapeText(shape)}`,
        );
      }
      extents.set(dim, known);
    });
  });
  const kept = allDims.map((_, dim) => dim).filter((dim) => !summedDims.includes(dim));
  return kept.map((dim) => extents.get(dim) ?? 1);
}

function product(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  if (a.dtype === 'float32') return matMul(a, b, { transposeA, transposeB });
  return cast(matMul(cast(a, 'float32'), cast(b, 'float32'), { transposeA, transposeB }), a.dtype);
}
