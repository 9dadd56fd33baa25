import { buffer } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

/**
 * An exponential moving average of weights.
 *
 * The decay starts low, `min(decay, (1 + t) / (10 + t))` at step t, so that a short run does not
 * end on its initial weights. Source: `tf.train.ExponentialMovingAverage` with `num_updates`.
 */
export class WeightAverage {
  readonly #weights: ReadonlyMap<string, tf.Variable>;
  readonly #averages: ReadonlyMap<string, tf.Variable>;
  readonly #decay: number;

  /** @param weights by path; they stay the caller's @param decay such as 0.999 */
  constructor(weights: ReadonlyMap<string, tf.Variable>, decay: number) {
    this.#weights = weights;
    this.#decay = decay;
    this.#averages = new Map(
      [...weights].map(([name, weight]) => [name, buffer(() => tf.clone(weight))]),
    );
  }

  /** The averages, by the weights' paths. */
  state(): ReadonlyMap<string, tf.Variable> {
    return this.#averages;
  }

  /**
   * Moves towards the weights as they are after step `step` (1, 2, …).
   *
   * @param moved those that the step changed; the averages of others stay, to the bit
   */
  update(step: number, moved: ReadonlyMap<string, tf.Variable> = this.#weights): void {
    tf.tidy(() => {
      const decay = tf.scalar(Math.min(this.#decay, (1 + step) / (10 + step)));
      const rest = tf.sub(1, decay);
      for (const [name, weight] of moved) {
        const average = this.#averages.get(name);
        average?.assign(tf.add(tf.mul(average, decay), tf.mul(weight, rest)));
      }
    });
  }

  /** Runs `body` with the averages in place of the weights, which come back exactly, even on a throw. */
  async inPlace<Result>(body: () => Promise<Result>): Promise<Result> {
    const held = [...this.#weights].map(([name, weight]) => ({
      name,
      weight,
      value: tf.clone(weight),
    }));
    for (const value of held) tf.keep(value.value);
    try {
      for (const { name, weight } of held) {
        const average = this.#averages.get(name);
        if (average) weight.assign(tf.tidy(() => tf.clone(average)));
      }
      return await body();
    } finally {
      for (const { weight, value } of held) {
        weight.assign(value);
        value.dispose();
      }
    }
  }

  /** Frees the averages. */
  dispose(): void {
    for (const average of this.#averages.values()) average.dispose();
  }
}
