import { conv3d } from '@voxmim/nn';
import { gradientsOf } from '@voxmim/nn/gradients';
import * as tf from '@tensorflow/tfjs-core';

/** A small calculation whose result is known exactly. */
interface Check {
  readonly what: string;
  readonly expected: readonly number[];
  readonly compute: () => tf.Tensor;
}

/** Sums of the 2³ windows of 0 … 26 on 3³. */
const WINDOW_SUMS = [52, 60, 76, 84, 124, 132, 148, 156];
/** How many 2³ windows hold each voxel of 3³. */
const WINDOW_COUNTS = [1, 2, 1].flatMap((d) =>
  [1, 2, 1].flatMap((h) => [1, 2, 1].map((w) => d * h * w)),
);

const checks: readonly Check[] = [
  {
    what: 'a matrix product',
    expected: [58, 64, 139, 154],
    compute: () =>
      tf.matMul(
        tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]),
        tf.tensor2d([7, 8, 9, 10, 11, 12], [3, 2]),
      ),
  },
  {
    what: 'the gradient of a matrix product',
    expected: [17, 39],
    compute: () =>
      gradient(tf.tensor2d([1, 1], [1, 2]), (x) => {
        const product = tf.matMul(x, tf.tensor2d([1, 2, 3, 4], [2, 2]));
        return tf.sum(tf.mul(product, tf.tensor2d([5, 6], [1, 2])));
      }),
  },
  { what: 'a 3D convolution', expected: WINDOW_SUMS, compute: () => conv3d(voxels(), ones()) },
  {
    what: "a 3D convolution's gradient for its weight",
    expected: WINDOW_SUMS,
    compute: () => gradient(ones(), (weight) => tf.sum(conv3d(voxels(), weight))),
  },
  {
    what: "a 3D convolution's gradient for its input",
    expected: WINDOW_COUNTS,
    compute: () => gradient(voxels(), (x) => tf.sum(conv3d(x, ones()))),
  },
];

/**
 * Checks what everything else is made of on the current backend.
 *
 * @returns what failed and how, or `null` when all is well
 */
export async function selfCheck(): Promise<string | null> {
  for (const { what, expected, compute } of checks) {
    const result = tf.tidy(compute);
    const values = [...(await result.data())];
    result.dispose();
    const right =
      values.length === expected.length &&
      expected.every((value, index) => Math.abs(value - (values[index] ?? NaN)) < 1e-3);
    if (!right) return `${what} gives [${values.join(', ')}], not [${expected.join(', ')}]`;
  }
  return null;
}

function voxels(): tf.Tensor5D {
  return tf.reshape(tf.range(0, 27, 1, 'float32'), [1, 3, 3, 3, 1]);
}

function ones(): tf.Tensor5D {
  return tf.ones([1, 1, 2, 2, 2]);
}

function gradient<R extends tf.Rank>(
  at: tf.Tensor<R>,
  loss: (x: tf.Tensor<R>) => tf.Scalar,
): tf.Tensor {
  const variable = tf.variable(at);
  const { gradients } = gradientsOf(() => loss(variable), new Map([['x', variable]]));
  variable.dispose();
  return gradients['x'] ?? tf.tensor1d([]);
}
