import * as tf from '@tensorflow/tfjs-core';

import { withGradient } from './kernel.js';

/**
 * `forward(x)` that keeps nothing of what it computes on the way: its gradient computes it once more. Costs about
 * a third of a step's time and saves the memory of everything between `x` and the result.
 *
 * Gradients are those of a plain call, to the bit.
 *
 * Source: Chen et al., arXiv:1604.06174; PyTorch's `torch.utils.checkpoint`.
 *
 * @param parameters all that `forward` uses beside `x`
 * @param forward called twice: must compute the same each time and change nothing
 */
export function recomputed<R extends tf.Rank>(
  x: tf.Tensor<R>,
  parameters: readonly tf.Variable[],
  forward: (x: tf.Tensor<R>) => tf.Tensor<R>,
): tf.Tensor<R> {
  return withGradient<R>(
    [x, ...parameters],
    [x],
    () => forward(x),
    (dy, [kept]) => {
      const again: tf.Tensor<R> = kept ? tf.reshape(kept, x.shape) : x;
      return beside(() => tf.engine().gradients(() => forward(again), [again, ...parameters], dy));
    },
  );
}

/** Takes gradients while others are being taken: TF.js has one tape, and clears it behind each of them. */
function beside(take: () => { grads: tf.Tensor[] }): tf.Tensor[] {
  const { state } = tf.engine();
  const { activeTape } = state;
  try {
    return take().grads;
  } finally {
    state.activeTape = activeTape;
  }
}
