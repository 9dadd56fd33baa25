import { addGradients, gradientsOf } from '@voxmim/nn/gradients';
import type { Exchange, ParameterOwner } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import type { AdamW } from './adamw.js';
import { flatten, unflatten } from './exchange/flat-tensors.js';
import { SharedBuffers } from './exchange/shared-buffers.js';
import { clipFactor, globalNorm } from './gradient-norm.js';
import type { WeightAverage } from './weight-average.js';

/** What every step of a run works with. */
export interface TrainingStepOptions {
  readonly model: ParameterOwner;
  readonly optimizer: AdamW;
  readonly average?: WeightAverage | undefined;
  /** Gradients longer than this are scaled down to it. */
  readonly clipNorm?: number | undefined;
  /** Batches whose gradients make one step, those of other processes included. */
  readonly accumulate: number;
  /** The processes that share the passes of a step. */
  readonly exchange?: Exchange | undefined;
}

/** What a pass computed, as host numbers. */
export interface PassNumbers {
  readonly loss: number;
  /** Of the mean gradient, before clipping; absent where the pass only accumulates. */
  readonly gradientNorm?: number;
}

/** What all processes together found in a step. */
export interface SharedNumbers {
  /** The sum of what each process gave. */
  readonly sums: readonly number[];
  readonly gradientNorm: number;
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
  readonly #buffers: SharedBuffers | undefined;
  #sums: tf.NamedTensorMap = {};
  #passes = 0;

  constructor(options: TrainingStepOptions, learningRate: number) {
    this.#options = options;
    this.#learningRate = learningRate;
    const { exchange, model, accumulate } = options;
    if (exchange) this.#buffers = new SharedBuffers(model, exchange, accumulate / exchange.size);
  }

  /**
   * Runs one batch forward and backward; the last of `accumulate` passes steps the optimizer, or with other
   * processes {@link TrainingStep.share}.
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

  /**
   * Adds up the gradients of all processes, and steps the optimizer by the sum. One buffer is exchanged.
   *
   * @param own further numbers to add up
   */
  async share(exchange: Exchange, own: readonly number[]): Promise<SharedNumbers> {
    const parts = tf.tidy(() => [
      tf.tensor1d([...own], 'float32'),
      ...Object.values(this.#sums),
      ...(this.#buffers?.contributions() ?? []),
    ]);
    const flat = flatten(parts);
    const sum = await exchange.sum(flat);
    const numbers = tf.tidy(() => this.#takeSum(unflatten(sum, parts)));
    tf.dispose([parts, flat, sum]);
    this.#sums = {};
    const read = await numbers.data<'float32'>();
    numbers.dispose();
    return { sums: [...read.subarray(0, own.length)], gradientNorm: read[own.length] ?? NaN };
  }

  /** Frees what a step left unfinished by a throw still holds. */
  dispose(): void {
    tf.dispose(this.#sums);
    this.#sums = {};
    this.#buffers?.dispose();
  }

  #record(
    lossOf: () => tf.Scalar,
    previous: tf.NamedTensorMap,
  ): { numbers: tf.Tensor1D; sums: tf.NamedTensorMap } {
    const { optimizer, accumulate, exchange } = this.#options;
    const { loss, gradients } = gradientsOf(lossOf, optimizer.parameters);
    const sums = this.#passes === 1 ? gradients : addGradients(previous, gradients);
    if (this.#passes < accumulate || exchange) return { numbers: tf.reshape(loss, [1]), sums };
    const norm = this.#update(sums);
    return { numbers: tf.reshape(tf.stack([loss, norm]), [2]), sums: {} };
  }

  /** @returns the numbers of all processes, and the norm of the gradient */
  #takeSum([numbers = tf.tensor1d([]), ...tensors]: readonly tf.Tensor[]): tf.Tensor1D {
    const names = Object.keys(this.#sums);
    const sums: tf.NamedTensorMap = {};
    names.forEach((name, index) => {
      const sum = tensors[index];
      if (sum) sums[name] = sum;
    });
    const norm = this.#update(sums);
    this.#buffers?.settle(tensors.slice(names.length));
    return tf.concat1d([tf.reshape(numbers, [numbers.size]), tf.reshape(norm, [1])]);
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
