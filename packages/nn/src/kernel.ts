import * as tf from '@tensorflow/tfjs-core';

/**
 * The kernels a backend may register (`tf.registerKernel`) to run this package's ops fast. Any
 * subset will do: an op without its kernel runs a composition of plain TF.js ops.
 */
export type KernelName =
  | 'VoxmimAdamW'
  | 'VoxmimAdamWInPlace'
  | 'VoxmimAttention'
  | 'VoxmimAttentionGrad'
  | 'VoxmimConv3d'
  | 'VoxmimConv3dInputGrad'
  | 'VoxmimConv3dWeightGrad'
  | 'VoxmimGelu'
  | 'VoxmimGeluGrad'
  | 'VoxmimInstanceNorm'
  | 'VoxmimInstanceNormGrad'
  | 'VoxmimLayerNorm'
  | 'VoxmimLayerNormGrad'
  | 'VoxmimPutTokens'
  | 'VoxmimTakeTokens';

/** Whether the current backend has its own `name`. */
export function hasKernel(name: KernelName): boolean {
  return findKernel(name) !== undefined;
}

/**
 * Runs `name` on the current backend where it is registered, else `fallback`.
 *
 * The kernel has no registered gradient: call this inside {@link withGradient}, whose forward and
 * backward bodies are off the tape.
 *
 * @param inputs by the kernel's own names; `undefined` ones are left out
 */
export function runKernel<Output extends tf.Tensor | tf.Tensor[]>(
  name: KernelName,
  inputs: Readonly<Record<string, tf.Tensor | undefined>>,
  attrs: tf.NamedAttrMap,
  fallback: () => Output,
): Output {
  if (!hasKernel(name)) return fallback();
  const given: tf.NamedTensorMap = {};
  for (const [key, tensor] of Object.entries(inputs)) if (tensor) given[key] = tensor;
  return tf.engine().runKernel<Output>(name, given, attrs);
}

/**
 * Computes `forward()` and gives it the gradient `backward`.
 *
 * @param inputs what gradients flow to, in the order `backward` returns them
 * @param kept tensors that `backward` reads; alive until then even if the caller disposes theirs
 * @param backward from the gradient of the result and `kept`; off the tape, so it may call kernels
 *   that have no gradient
 */
export function withGradient<R extends tf.Rank>(
  inputs: readonly tf.Tensor[],
  kept: readonly tf.Tensor[],
  forward: () => tf.Tensor<R>,
  backward: (dy: tf.Tensor<R>, kept: readonly tf.Tensor[]) => tf.Tensor[],
): tf.Tensor<R> {
  const op = tf.customGrad<tf.Tensor<R>>((...args) => {
    const save = args.at(-1);
    if (typeof save === 'function') save([...kept]);
    return { value: forward(), gradFunc: (dy, saved) => backward(dy, saved) };
  });
  return op(...inputs);
}

function findKernel(name: KernelName): tf.KernelConfig | undefined {
  return tf.getKernel(name, tf.getBackend());
}
