import * as tf from '@tensorflow/tfjs-core';

import { noise } from './noise.js';
import { expectClose, type Tolerance } from './tensors.js';

/**
 * The gradient of `f` at `x` by central differences, one element at a time: two calls of `f` per
 * element, so keep `x` small.
 *
 * @param step Defaults to 1e-2: float32 loses more to rounding below than to curvature above
 * @returns one number per element of `x`
 */
export async function finiteDifference(
  f: (x: tf.Tensor) => tf.Scalar,
  x: tf.Tensor,
  step = 1e-2,
): Promise<Float32Array> {
  const values = await x.data<'float32'>();
  const gradient = new Float32Array(values.length);
  const at = async (index: number, offset: number): Promise<number> => {
    const moved = Float32Array.from(values);
    moved[index] = (moved[index] ?? 0) + offset;
    const result = tf.tidy(() => f(tf.tensor(moved, x.shape)));
    const [value = NaN] = await result.data();
    result.dispose();
    return value;
  };
  for (let index = 0; index < values.length; index++) {
    gradient[index] = ((await at(index, step)) - (await at(index, -step))) / (2 * step);
  }
  return gradient;
}

/**
 * Fails unless the gradient of `f` in each of `inputs` agrees with finite differences.
 *
 * Gradients must be registered: `import '@tensorflow/tfjs-layers'` in the test.
 *
 * @param f any differentiable function; its output is weighed with fixed noise to make one number
 * @param tolerance Defaults to 1e-2 absolute and relative
 */
export async function expectGradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly tf.Tensor[],
  { absolute = 1e-2, relative = 1e-2, step = 1e-2 }: Tolerance & { readonly step?: number } = {},
): Promise<void> {
  const weigh = (...xs: tf.Tensor[]): tf.Scalar => {
    const y = f(...xs);
    return tf.sum(tf.mul(y, noise(y.shape, 17)));
  };
  const analytic = tf.tidy(() => tf.grads((...xs) => weigh(...xs))([...inputs]));
  for (const [index, input] of inputs.entries()) {
    const only = (x: tf.Tensor) => weigh(...inputs.map((other, at) => (at === index ? x : other)));
    const numeric = await finiteDifference(only, input, step);
    const received = analytic[index];
    if (received) await expectClose(received, numeric, { absolute, relative });
  }
  tf.dispose(analytic);
}
