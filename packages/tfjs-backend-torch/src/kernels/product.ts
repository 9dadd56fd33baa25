import { backend_util } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import { add } from './binary.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';
import { clip, elu, leakyRelu, prelu } from './unary.js';

/** Registers matrix products. */
export function registerProductKernels(): void {
  kernel('BatchMatMul', product);
  kernel('Einsum', (call) => {
    const equation = call.text('equation').replace(/\s/g, '');
    const infos = call.list();
    assertEinsum(
      equation,
      infos.map(({ shape }) => shape),
    );
    return call.ops.einsum(
      equation,
      infos.map((info) => call.backend.lowered(info)),
      null,
    );
  });
  kernel('FusedBatchNorm', (call) => {
    const { ops, backend } = call;
    const { torch } = backend;
    const epsilon = backend.scalar(call.number('varianceEpsilon'));
    const root = ops.sqrt(torch.add(call.input('variance'), epsilon, 1));
    const centred = torch.add(call.input('x'), call.input('mean'), -1);
    const normalized = ops.div(centred, root);
    const scaled = call.hasInput('scale') ? ops.mul(normalized, call.input('scale')) : normalized;
    return call.hasInput('offset') ? add(call, scaled, call.input('offset')) : scaled;
  });
  kernel('_FusedMatMul', (call) => {
    const result = product(call);
    return activate(call, call.hasInput('bias') ? add(call, result, call.input('bias')) : result);
  });
}

/** The activation that a fused TF.js kernel applies to its result. */
export function activate(call: KernelCall, x: Tensor): Tensor {
  const activation = call.text('activation', 'linear');
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return call.ops.relu(x);
    case 'relu6':
      return clip(call, x, 0, 6);
    case 'elu':
      return elu(call, x);
    case 'sigmoid':
      return call.ops.sigmoid(x);
    case 'leakyrelu':
      return leakyRelu(call, x, call.number('leakyreluAlpha', 0.2));
    case 'prelu':
      return prelu(call, x, alongChannels(call, 'preluActivationWeights'));
    default:
      throw new RangeError(`activation ${activation} is unknown`);
  }
}

/** One number per channel, laid where the channels are. */
export function alongChannels(call: KernelCall, name: string): Tensor {
  const first = call.text('dataFormat', 'NHWC').startsWith('NC');
  const [channels = 1, ...rest] = call.shape(name);
  const perChannel = call.input(name);
  return first && rest.length === 0 ? call.ops.reshape(perChannel, [channels, 1, 1]) : perChannel;
}

function product(call: KernelCall): Tensor {
  const { ops } = call;
  if (call.shape('a').length < 2 || call.shape('b').length < 2)
    throw new RangeError('a matrix product needs tensors of rank two at least');
  const operand = (name: string, turned: boolean): Tensor =>
    turned ? ops.transpose(call.lowered(name), -2, -1) : call.lowered(name);
  const a = operand('a', call.flag('transposeA'));
  const b = operand('b', call.flag('transposeB'));
  const plain = call.shape('a').length === 2 && call.shape('b').length === 2;
  if (call.info('a').dtype === 'float32' && call.info('b').dtype === 'float32')
    return plain ? ops.mm(a, b) : ops.matmul(a, b);
  const { backend } = call;
  const wide = ops.matmul(backend.cast(a, 'float64'), backend.cast(b, 'float64'));
  return backend.cast(wide, call.info('a').dtype === 'float32' ? 'float32' : 'int32');
}

function assertEinsum(equation: string, shapes: readonly (readonly number[])[]): void {
  const { idDims } = backend_util.decodeEinsumEquation(equation, shapes.length);
  const extents = new Map<number, number>();
  idDims.forEach((dims, index) => {
    const shape = shapes[index] ?? [];
    dims.forEach((dim, axis) => {
      const known = extents.get(dim) ?? shape[axis] ?? 1;
      if (known !== shape[axis]) {
        throw new RangeError(
          `Expected dimension ${known} at axis ${axis} of input shaped [${shape.join()}]`,
        );
      }
      extents.set(dim, known);
    });
  });
}
