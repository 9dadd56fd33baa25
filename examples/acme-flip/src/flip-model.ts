import type { Encoder, ForwardContext, ParameterOwner, Random } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/** An encoder and one linear map on the mean of its deepest features. */
export class FlipModel implements ParameterOwner {
  readonly #weight: tf.Variable;

  constructor(
    readonly encoder: Encoder,
    random: Random,
  ) {
    const channels = encoder.levels.at(-1)?.channels ?? 0;
    const values = Array.from({ length: channels }, () => 0.02 * random.normal());
    this.#weight = tf.tidy(() => tf.variable(tf.tensor2d(values, [1, channels])));
  }

  /** @param crops `[B, D, H, W, C]` @returns `[B]`, above 0 where a crop looks mirrored */
  scores(crops: tf.Tensor5D, context?: ForwardContext): tf.Tensor1D {
    return tf.tidy(() => {
      const deepest = this.encoder.pyramid(crops, context).at(-1);
      if (!deepest) throw new TypeError('The encoder has no levels.');
      const pooled = tf.mean<tf.Tensor2D>(deepest, [1, 2, 3]);
      const products = tf.matMul(pooled, this.#weight, false, true);
      return tf.reshape(products, [crops.shape[0]]);
    });
  }

  namedParameters(): ReadonlyMap<string, tf.Variable> {
    const inside = [...this.encoder.namedParameters()].map(
      ([name, variable]) => [`encoder.${name}`, variable] as const,
    );
    return new Map([...inside, ['head.weight', this.#weight] as const]);
  }

  dispose(): void {
    this.encoder.dispose();
    this.#weight.dispose();
  }
}
