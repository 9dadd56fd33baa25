import * as tf from '@tensorflow/tfjs-core';

/** What running some TF.js code asks of a machine. */
export interface Work {
  /** Floating-point operations; a multiply-add counts as two. */
  readonly flops: number;
  /** Bytes of all results, views left out: about what a backward pass keeps of a forward one. */
  readonly resultBytes: number;
}

/** Kernels whose result is another view of their input. */
const VIEWS = new Set(['Reshape', 'Identity', 'ExpandDims', 'Squeeze']);

/**
 * Counts the work of `body` by watching the kernels it runs. On a lazy backend nothing is computed;
 * on others everything is.
 *
 * Matrix products, convolutions and attention are counted exactly, all else as one operation per
 * element of the result.
 */
export function countWork(body: () => void): Work {
  const engine = tf.engine();
  const inner = engine.runKernel.bind(engine);
  let flops = 0;
  let resultBytes = 0;
  const count = <Result extends tf.Tensor | tf.Tensor[]>(
    name: string,
    inputs: tf.NamedTensorMap,
    result: Result,
  ): Result => {
    const outputs = [result].flat();
    flops += flopsOf(name, inputs, outputs);
    if (!VIEWS.has(name)) for (const { size } of outputs) resultBytes += size * 4;
    return result;
  };
  engine.runKernel = (name, inputs, attrs) => count(name, inputs, inner(name, inputs, attrs));
  try {
    tf.tidy(body);
  } finally {
    engine.runKernel = inner;
  }
  return { flops, resultBytes };
}

function flopsOf(name: string, inputs: tf.NamedTensorMap, outputs: readonly tf.Tensor[]): number {
  const size = outputs.reduce((sum, output) => sum + output.size, 0);
  if (VIEWS.has(name)) return 0;
  const { a, x, q, weight, filter, dy } = inputs;
  switch (name) {
    case 'BatchMatMul':
    case '_FusedMatMul':
      return a && outputs[0] ? productFlops(a, inputs['b'], outputs[0]) : size;
    case 'Conv3D':
      return filter ? (2 * size * filter.size) / (filter.shape.at(-1) ?? 1) : size;
    case 'VoxmimConv3d':
      return weight ? (2 * size * weight.size) / (weight.shape.at(0) ?? 1) : size;
    case 'VoxmimConv3dInputGrad':
      return weight && dy ? (2 * dy.size * weight.size) / (weight.shape.at(0) ?? 1) : size;
    case 'VoxmimConv3dWeightGrad':
      return dy && x ? (2 * dy.size * size) / (dy.shape.at(-1) ?? 1) : size;
    case 'VoxmimAttention':
      return q ? 4 * q.size * (q.shape[2] ?? 1) : size;
    case 'VoxmimAttentionGrad':
      return q ? 10 * q.size * (q.shape[2] ?? 1) : size;
    default:
      return size;
  }
}

/** `2 m k n` per matrix: `sqrt` frees it from knowing which sides are transposed. */
function productFlops(a: tf.Tensor, b: tf.Tensor | undefined, result: tf.Tensor): number {
  if (!b) return result.size;
  const matrices = result.shape.slice(0, -2).reduce((product, extent) => product * extent, 1);
  const cells = (tensor: tf.Tensor) => (tensor.shape.at(-1) ?? 1) * (tensor.shape.at(-2) ?? 1);
  return 2 * matrices * Math.sqrt(cells(a) * cells(b) * cells(result));
}
