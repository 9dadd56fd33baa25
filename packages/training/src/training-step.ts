import * as tf from '@tensorflow/tfjs-core';

import type { AdamW } from './adamw.js';
import { clipFactor, globalNorm } from './gradient-norm.js';
import { addGradients, gradientsOf } from '@voxmim/nn/gradients';
import type { WeightAverage } from './weight-average.js';

/** What every step of a run works with. */
export interface TrainingStepOptions {
  readonly optimizer: AdamW;
  readonly average?: WeightAverage | undefined;
  /** Gradients longer than this are scaled down to it. */
  readonly clipNorm?: number | undefined;
  /** Batches whose gradients make one step. */
  readonly accumulate: number;
}

/** What a pass computed, as host numbers. */
export interface PassNumbers {
  readonly loss: number;
  /** Of the mean gradient, before clipping; absent where the pass only accumulates. */
  readonly gradientNorm?: number;
}

/**
 * One optimizer step, pass by pass.
 *
 * Everything of a pass, the update included, is recorded before anything is read, and then one
 * tensor is read: a lazy engine runs one graph per pass and is told of nothing it could skip.
 */
export class TrainingStep {
  readonly #options: TrainingStepOptions;
  readonly #learningRate: number;
  #sums: tf.NamedTensorMap = {};
  #passes = 0;

  constructor(options: TrainingStepOptions, learningRate: number) {
    this.#options = options;
    this.#learningRate = learningRate;
  }

  /**
   * Runs one batch forward and backward; the last of `accumulate` passes steps the optimizer.
   *
   * @param loss called once, inside a tidy
   * @param meanwhile called when all is recorded and before it is read: a lazy engine computes
   *   while this prepares the next batch
   */
  async pass(loss: () => tf.Scalar, meanwhile: () => void = () => undefined): Promise<PassNumbers> {
    this.#passes += 1;
    const previous = this.#sums;
    const { numbers, sums } = tf.tidy(() => this.#record(loss, previous));
    this.#sums = sums;
    tf.dispose(previous);
    const reading = numbers.data<'float32'>();
    meanwhile();
    const [value = NaN, gradientNorm] = await reading;
    numbers.dispose();
    return { loss: value, ...(gradientNorm !== undefined && { gradientNorm }) };
  }

  /** Frees what a step left unfinished by a throw still holds. */
  dispose(): void {
    tf.dispose(this.#sums);
    this.#sums = {};
  }

  #record(
    lossOf: () => tf.Scalar,
    previous: tf.NamedTensorMap,
  ): { numbers: tf.Tensor1D; sums: tf.NamedTensorMap } {
    const { optimizer, accumulate } = this.#options;
    const { loss, gradients } = gradientsOf(lossOf, optimizer.parameters);
    const sums = this.#passes === 1 ? gradients : addGradients(previous, gradients);
    if (this.#passes < accumulate) return { numbers: tf.reshape(loss, [1]), sums };
    const norm = this.#update(sums);
    return { numbers: tf.reshape(tf.stack([loss, norm]), [2]), sums: {} };
  }

  #update(sums: tf.NamedTensorMap): tf.Scalar {
    const { optimizer, average, clipNorm, accumulate } = this.#options;
    const norm: tf.Scalar = tf.div(globalNorm(Object.values(sums)), accumulate);
    const moved = optimizer.parameters;
    optimizer.update(sums, {
      learningRate: this.#learningRate,
      gradientScale: 1 / accumulate,
      ...(clipNorm !== undefined && { clip: clipFactor(norm, clipNorm) }),
    });
    average?.update(optimizer.step, moved);
    return norm;
  }
}
