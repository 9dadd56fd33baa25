import type { Exchange, ParameterOwner } from '@voxmim/core';
import { keptByPass } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The buffers of a model that several processes train: each moves its own during a step, and behind it they are
 * one again.
 *
 * Moving averages end where one process would have brought them that makes the passes of all, those of the
 * first process first: a pass takes b to `k b + c`, and such maps compose. Other state is averaged.
 */
export class SharedBuffers {
  readonly #buffers: readonly SharedBuffer[];
  readonly #exchange: Exchange;

  /** @param passes of this process in each step */
  constructor(model: ParameterOwner, exchange: Exchange, passes: number) {
    this.#exchange = exchange;
    const buffers = [...(model.namedBuffers?.().values() ?? [])];
    this.#buffers = buffers.map((variable) => {
      const kept = keptByPass(variable);
      const before = tf.keep(tf.clone(variable));
      return { variable, before, kept: kept === undefined ? undefined : kept ** passes };
    });
  }

  /** What this process gives to the sum, while inside a tidy. */
  contributions(): tf.Tensor[] {
    const { rank, size } = this.#exchange;
    return this.#buffers.map(({ variable, before, kept }) => {
      if (kept === undefined) return tf.div(variable, size);
      const own = tf.sub(variable, tf.mul(before, kept));
      return tf.mul(own, kept ** (size - 1 - rank));
    });
  }

  /** Takes the sums of all contributions. */
  settle(sums: readonly tf.Tensor[]): void {
    const { size } = this.#exchange;
    tf.tidy(() =>
      this.#buffers.forEach(({ variable, before, kept }, index) => {
        const sum = sums[index];
        if (!sum) return;
        variable.assign(kept === undefined ? sum : tf.add(sum, tf.mul(before, kept ** size)));
      }),
    );
  }

  /** Frees what was kept from before the step. */
  dispose(): void {
    for (const { before } of this.#buffers) before.dispose();
  }
}

interface SharedBuffer {
  readonly variable: tf.Variable;
  /** As all processes had it when the step began. */
  readonly before: tf.Tensor;
  /** The share that the passes of one process keep. */
  readonly kept: number | undefined;
}
