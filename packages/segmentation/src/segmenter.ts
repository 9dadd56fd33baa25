import type { Encoder, ForwardContext, ParameterOwner, SegmentationHead } from '@voxmim/core';
import { prefixed } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

/** How a segmenter runs. */
export interface SegmenterContext extends ForwardContext {
  /**
   * Whether the encoder runs as in inference even in training: no drop path, and statistics that it
   * keeps stay as they are. Gradients are the optimizer's affair.
   */
  readonly encoderFrozen?: boolean;
}

/**
 * An encoder and a head as one model. It takes both over: `dispose` frees their variables.
 */
export class Segmenter implements ParameterOwner {
  constructor(
    readonly encoder: Encoder,
    readonly head: SegmentationHead,
  ) {}

  /** Channels of the logits. */
  get numClasses(): number {
    return this.head.numClasses;
  }

  /**
   * @param volumes `[B, D, H, W, C]`, of the encoder's input shape
   * @returns `[B, D, H, W, numClasses]`; coarser logits follow when the head supervises them and
   *   `context` says training
   */
  logits(volumes: tf.Tensor5D, context?: SegmenterContext): [tf.Tensor5D, ...tf.Tensor5D[]] {
    return tf.tidy(() => {
      const ofEncoder = context?.encoderFrozen ? undefined : context;
      const pyramid = this.encoder.pyramid(volumes, ofEncoder);
      return this.head.logits(volumes, pyramid, context);
    });
  }

  /** Inference: full-resolution logits only, `[B, D, H, W, numClasses]`. */
  predict(volumes: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => this.logits(volumes)[0]);
  }

  /** The encoder's under `encoder.`, the head's under `head.`. */
  namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map([...prefixed('encoder', this.encoder), ...prefixed('head', this.head)]);
  }

  namedBuffers(): ReadonlyMap<string, tf.Variable> {
    const under = (prefix: string, owner: ParameterOwner) =>
      [...(owner.namedBuffers?.() ?? [])].map(
        ([name, variable]) => [`${prefix}.${name}`, variable] as const,
      );
    return new Map([...under('encoder', this.encoder), ...under('head', this.head)]);
  }

  dispose(): void {
    this.encoder.dispose();
    this.head.dispose();
  }
}
