import {
  VoxmimError,
  type ComponentDefinition,
  type ContrastiveObjective,
  type Encoder,
  type ForwardContext,
  type Objective,
  type ObjectiveContext,
  type Random,
} from '@voxmim/core';
import { buffer, Module, normal, prefixed } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import { encoderBuffers } from '../encoder-buffers.js';
import { SimclrConfig } from './config.js';
import { ntXent, unitLength } from './nt-xent.js';
import { ProjectionHead } from './projection-head.js';

/**
 * SimCLR: the embeddings of two views of a volume must be nearer to each other than to those of all
 * other volumes. Works over any encoder: its deepest features are averaged over space and projected.
 *
 * **Large batches.** A batch of volumes is small, so a memory bank can hold the second views of
 * earlier batches as further negatives. In training, each pass reads the bank and then pushes its own
 * embeddings in, the oldest out; passes that accumulate one optimizer step therefore see each other's
 * negatives, which plain accumulation would not give. The bank is a buffer: it is saved with
 * checkpoints and comes back at a resume. It starts with random directions. Embeddings in it are of
 * slightly older weights, as in Wu et al. (arXiv:1805.01978) and lightly; there is no momentum
 * encoder as in MoCo, so keep it to some dozens of batches.
 *
 * **Processes that train together** compare the volumes of all their batches, as one process would with one
 * large batch; the loss of each is that of all.
 *
 * Source: Chen et al., arXiv:2002.05709. MIM-Med3D's baseline compares the flattened output of an
 * autoencoder without a projection head; here features are pooled.
 */
export class SimclrObjective extends Module implements ContrastiveObjective {
  readonly kind = 'contrastive';
  readonly name = 'simclr';

  readonly projection: ProjectionHead;
  /** `[K, P]`, unit rows, the newest first; a buffer. */
  readonly memoryBank: tf.Variable<tf.Rank.R2> | null;
  readonly #encoder: Encoder;
  readonly #temperature: number;

  /** @param encoder stays the caller's: `dispose` leaves it alone */
  constructor(encoder: Encoder, config: SimclrConfig, random: Random) {
    super();
    const channels = encoder.levels.at(-1)?.channels ?? encoder.geometry.embedDim;
    this.#encoder = encoder;
    this.#temperature = config.temperature;
    this.projection = new ProjectionHead(channels, config, random.stream('projection'));
    const size: [number, number] = [config.memoryBank, this.projection.outDim];
    this.memoryBank =
      config.memoryBank === 0
        ? null
        : buffer(() => unitLength(normal(1)<tf.Rank.R2>(size, random.stream('memoryBank'))));
  }

  /**
   * @throws `INVALID_CONFIG` for a batch of one volume without a memory bank: there is no negative
   */
  loss(first: tf.Tensor5D, second: tf.Tensor5D, context?: ForwardContext): tf.Scalar {
    const [batch] = first.shape;
    const gather = context?.gatherRows;
    if (batch < 2 && !this.memoryBank && !gather) throw noNegatives(batch);
    return tf.tidy(() => {
      const views = this.embed(tf.concat([first, second], 0), context);
      const halves = [tf.slice(views, 0, batch), tf.slice(views, batch, batch)] as const;
      const [left, right] = gather ? [gather(halves[0]), gather(halves[1])] : halves;
      const loss = ntXent(left, right, {
        temperature: this.#temperature,
        ...(this.memoryBank && { negatives: this.memoryBank }),
      });
      if (context?.training) this.#remember(right);
      return loss;
    });
  }

  embed(volumes: tf.Tensor5D, context?: ForwardContext): tf.Tensor2D {
    return tf.tidy(() => {
      const deepest = this.#encoder.pyramid(volumes, context).at(-1) ?? volumes;
      const features: tf.Tensor2D = tf.mean(deepest, [1, 2, 3]);
      return unitLength(this.projection.call(features));
    });
  }

  /** The encoder's under `encoder.`, then the objective's own. */
  override namedParameters(): ReadonlyMap<string, tf.Variable> {
    return new Map([...prefixed('encoder', this.#encoder), ...super.namedParameters()]);
  }

  override namedBuffers(): ReadonlyMap<string, tf.Variable> {
    return new Map([...encoderBuffers(this.#encoder), ...super.namedBuffers()]);
  }

  /**
   * Shifts the bank rather than writing at a place that moves: a step is then the same graph each
   * time, and the bank is all of its state.
   */
  #remember(embeddings: tf.Tensor2D): void {
    const { memoryBank } = this;
    if (!memoryBank) return;
    const size = memoryBank.shape[0];
    const joined = tf.concat([embeddings, memoryBank], 0);
    memoryBank.assign(tf.slice(joined, 0, size));
  }
}

/** {@link SimclrObjective} under the name `simclr`. */
export const simclrDefinition: ComponentDefinition<
  typeof SimclrConfig,
  ObjectiveContext,
  Objective
> = {
  name: 'simclr',
  config: SimclrConfig,
  views: 2,
  create: (config, { encoder, random }) => new SimclrObjective(encoder, config, random),
};

function noNegatives(batch: number): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError(
    'INVALID_CONFIG',
    `A batch of ${batch} volume has no other to tell its views from.`,
    'Use a batch of two or more, or a memory bank (objective.memoryBank).',
    { path: 'batchSize', received: batch },
  );
}
