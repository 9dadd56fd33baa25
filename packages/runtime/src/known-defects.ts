import * as tf from '@tensorflow/tfjs-core';

/** A wrong result of TF.js that this project works around, and the probe that finds it. */
export interface KnownDefect {
  readonly name: string;
  /** What the project does about it. */
  readonly routedAround: string;
  /** Whether the current backend has it. */
  readonly isPresent: () => Promise<boolean>;
}

/**
 * The silent errors of TF.js 4.22.0 that were found by measuring. That of rank 7 makes wasm print
 * "XNN status … is not successful" when it is probed. Gradients must be registered.
 */
export const knownDefects: readonly KnownDefect[] = [
  {
    name: 'the gradient of conv3d for its input zeroes depth slices',
    routedAround: 'models use conv3d and convTranspose3d of @voxmim/nn',
    isPresent: () =>
      differs([10, 20, 30, 40, 50, 60, 70, 80], () => {
        const filter = tf.fill<tf.Rank.R5>([1, 1, 1, 1, 1], 10);
        const gradient = tf.grad((x) =>
          tf.conv3d(tf.reshape<tf.Rank.R5>(x, [1, 2, 2, 2, 1]), filter, 1, 'valid'),
        );
        return gradient(
          tf.zeros([1, 2, 2, 2, 1]),
          tf.tensor5d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2, 1]),
        );
      }),
  },
  {
    name: 'the gradient of a strided conv3d for its filter is not summed',
    routedAround: 'models use conv3d of @voxmim/nn',
    isPresent: () =>
      // Stride 2 meets the corners of 0 … 26 on 3³, whose sum this is.
      differs([104], () => {
        const x = tf.reshape<tf.Rank.R5>(tf.range(0, 27, 1, 'float32'), [1, 3, 3, 3, 1]);
        const gradient = tf.grad((filter) =>
          tf.conv3d(x, tf.reshape<tf.Rank.R5>(filter, [1, 1, 1, 1, 1]), 2, 'valid'),
        );
        return gradient(tf.zeros([1, 1, 1, 1, 1]), tf.ones([1, 2, 2, 2, 1]));
      }),
  },
  {
    name: 'arithmetic on tensors of rank 7 returns garbage',
    routedAround: 'nothing here computes above rank 6',
    isPresent: () =>
      differs([6, 6], () => {
        const shape = [1, 1, 1, 1, 1, 1, 2];
        return tf.mul(tf.fill(shape, 3), tf.fill(shape, 2));
      }),
  },
  {
    name: 'oneHot of type float32 is not one',
    routedAround: 'one-hot tensors are made as int32 and cast',
    isPresent: () =>
      differs([0, 1, 1, 0], () => tf.oneHot(tf.tensor1d([1, 0], 'int32'), 2, 1, 0, 'float32')),
  },
];

/** Names what of {@link knownDefects} the current backend has. */
export async function findDefects(): Promise<KnownDefect[]> {
  const found: KnownDefect[] = [];
  for (const defect of knownDefects) if (await defect.isPresent()) found.push(defect);
  return found;
}

/** A missing kernel is no silent error: whoever needs it is told. */
async function differs(expected: readonly number[], compute: () => tf.Tensor): Promise<boolean> {
  let result: tf.Tensor | undefined;
  try {
    result = tf.tidy(compute);
    const values = await result.data();
    return expected.some((value, index) => !(Math.abs(value - (values[index] ?? NaN)) < 1e-4));
  } catch {
    return false;
  } finally {
    result?.dispose();
  }
}
