import {
  type ComponentDefinition,
  type Encoder,
  type EncoderContext,
  type EncoderGeometry,
  type FeatureLevel,
  type Registry,
  type Shape3,
  tile,
  volumeOf,
} from '@voxmim/core';
import { Linear, Module, patchify } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import { checkVolumes } from '../input.js';

/** Config of an `IdentityEncoder`. */
export const IdentityConfig = z.strictObject({
  like: z
    .looseObject({ name: z.string().min(1) })
    .describe('The encoder whose levels it has, configured as that one would be.'),
});
export type IdentityConfig = z.infer<typeof IdentityConfig>;

/**
 * The levels of another encoder without what that one learns: each cell is one linear map of its own
 * voxels, and no cell knows of another. What a head reaches with it, the head and its path from the
 * volume reach alone.
 *
 * Source: the transformer replaced by the identity in Wald et al., "Primus", 2025; here for every level
 * of any encoder.
 */
export class IdentityEncoder extends Module implements Encoder {
  readonly name = 'identity';
  readonly geometry: EncoderGeometry;
  readonly levels: readonly FeatureLevel[];
  readonly layerCount = 1;
  readonly embeds: Linear[];

  /** @param like the encoder it stands for; the caller's */
  constructor({ geometry, levels }: Encoder, { random }: EncoderContext) {
    super();
    this.geometry = geometry;
    this.levels = levels;
    this.embeds = levels.map(
      ({ channels, stride }, level) =>
        new Linear(volumeOf(stride) * geometry.inChannels, channels, {
          random: random.stream(level),
        }),
    );
  }

  pyramid(volumes: tf.Tensor5D): tf.Tensor5D[] {
    checkVolumes(volumes, this.geometry);
    return tf.tidy(() => this.embeds.map((embed, level) => this.#embedded(volumes, embed, level)));
  }

  layerOf(): number {
    return 0;
  }

  #embedded(volumes: tf.Tensor5D, embed: Linear, level: number): tf.Tensor5D {
    const { channels, stride } = this.levels[level] ?? { channels: 1, stride: [1, 1, 1] };
    const filled = padTo(volumes, stride);
    const [, depth, height, width] = filled.shape;
    const [gridDepth, gridHeight, gridWidth] = tile([depth, height, width], stride);
    const cells = embed.call(patchify(filled, stride));
    return tf.reshape(cells, [-1, gridDepth, gridHeight, gridWidth, channels]);
  }
}

/** {@link IdentityEncoder} under the name `identity`, over the encoders of a registry. */
export function identityDefinition(
  encoders: Registry<EncoderContext, Encoder>,
): ComponentDefinition<typeof IdentityConfig, EncoderContext, Encoder> {
  return {
    name: 'identity',
    config: IdentityConfig,
    create: ({ like }, context) => {
      const model = encoders.create(like, context);
      try {
        return new IdentityEncoder(model, context);
      } finally {
        model.dispose();
      }
    },
  };
}

/** Volumes whose sides the stride divides; encoders pad likewise. */
function padTo(volumes: tf.Tensor5D, stride: Shape3): tf.Tensor5D {
  const more = (axis: number) => {
    const [side, step] = [volumes.shape[axis] ?? 1, stride[axis - 1] ?? 1];
    return Math.ceil(side / step) * step - side;
  };
  const ends = [1, 2, 3].map(more);
  if (ends.every((count) => count === 0)) return volumes;
  const [depth = 0, height = 0, width = 0] = ends;
  return tf.pad(volumes, [
    [0, 0],
    [0, depth],
    [0, height],
    [0, width],
    [0, 0],
  ]);
}
