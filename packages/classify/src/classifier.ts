import type { Encoder, ForwardContext, ParameterOwner, Random } from '@voxmim/core';
import { LayerNorm, Linear, Module, prefixed } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { PoolingConfig } from './config.js';
import { pooledWidth, poolFeatures } from './pool-features.js';

/** How a classifier runs. */
export interface ClassifierContext extends ForwardContext {
  /** Whether the encoder runs as in inference even in training. */
  readonly encoderFrozen?: boolean;
}

/** A norm and a linear map, from pooled features to scores. */
class PooledHead extends Module {
  readonly norm: LayerNorm;
  readonly proj: Linear;

  constructor(width: number, outputs: number, random: Random) {
    super();
    this.norm = new LayerNorm(width);
    this.proj = new Linear(width, outputs, { random });
  }

  call(pooled: tf.Tensor2D): tf.Tensor2D {
    return this.proj.call(this.norm.call(pooled));
  }
}

/** An encoder and a pooled head as one model. It takes the encoder over: `dispose` frees it too. */
export class Classifier implements ParameterOwner {
  readonly head: ParameterOwner;
  readonly #head: PooledHead;

  /** @param outputs classes; 1 of a value */
  constructor(
    readonly encoder: Encoder,
    readonly pooling: PoolingConfig,
    outputs: number,
    random: Random,
  ) {
    this.#head = new PooledHead(pooledWidth(encoder, pooling), outputs, random);
    this.head = this.#head;
  }

  /** @param crops `[B, D, H, W, C]` @returns `[B, outputs]` */
  scores(crops: tf.Tensor5D, context?: ClassifierContext): tf.Tensor2D {
    return tf.tidy(() => {
      const ofEncoder = context?.encoderFrozen ? undefined : context;
      return this.#head.call(poolFeatures(this.encoder, crops, this.pooling, ofEncoder));
    });
  }

  /** The encoder's under `encoder.`, the head's under `head.`. */
  namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map([...prefixed('encoder', this.encoder), ...prefixed('head', this.#head)]);
  }

  namedBuffers(): ReadonlyMap<string, tf.Variable> {
    const own = [...(this.encoder.namedBuffers?.() ?? [])];
    return new Map(own.map(([name, variable]) => [`encoder.${name}`, variable]));
  }

  dispose(): void {
    this.encoder.dispose();
    this.#head.dispose();
  }
}
