import {
  createRandom,
  type MaskedObjective,
  type Objective,
  type Encoder,
  type Shape3,
  type TokenMask,
  volumeOf,
  VoxmimError,
} from '@voxmim/core';
import { tokenMaskFromFlags } from '@voxmim/masking';
import type { PretrainConfig, PretrainModel } from '@voxmim/presets';
import * as tf from '@tensorflow/tfjs-core';

import { exampleVolumes } from './example-volumes.js';
import type { TracedModel } from './exported-model.js';

/** What a mask of an exported reconstruction is made for. */
export interface MaskFacts {
  readonly gridShape: Shape3;
  readonly patchSize: Shape3;
  readonly masking: NonNullable<PretrainConfig['masking']>;
}

/**
 * The reconstruction of a masked pretraining as a function of a mask: of the ids of its `visible` tokens `[Lv]` and
 * its `hidden` ones `[Lh]`, of the `places` that are hidden `[L]`, and of `volumes`. Any number may be hidden.
 *
 * @param origin the checkpoint, for messages
 * @throws `UNSUPPORTED_CAPABILITY` for a contrastive objective, and one that predicts no intensities
 */
export function reconstructionOf(
  { encoder, objective }: PretrainModel,
  config: PretrainConfig,
  origin: string,
): TracedModel & { readonly mask: MaskFacts } {
  const masked = maskedOf(objective, encoder, config, origin);
  const { gridShape, patchSize } = encoder.geometry;
  const { masking } = config;
  if (!masking) throw noReconstruction(objective, origin);
  const tokens = volumeOf(gridShape);
  const half = Math.floor(tokens / 2);
  const examples = (hidden: number) => [...maskInputs(gridShape, hidden), exampleVolumes(config)];
  const anyMask = tokenMaskFromFlags([flagsOf(tokens, half)], gridShape);
  return {
    inputNames: ['visible', 'hidden', 'places', 'volumes'],
    outputs: ['reconstruction'],
    examples: examples(half),
    others: examples(half - 1), // one more that is visible
    checks: examples(Math.max(1, Math.floor(0.8 * tokens))),
    fn: (visible: tf.Tensor, hidden: tf.Tensor, places: tf.Tensor, volumes: tf.Tensor) =>
      tf.tidy(() => {
        const mask = maskOf(anyMask, visible, hidden, places);
        const shape: [number, number, number, number, number] = [
          1,
          ...config.crop,
          config.inChannels,
        ];
        const { volumes: found } = masked.reconstruct(tf.reshape(volumes, shape), mask);
        if (!found) throw noReconstruction(objective, origin);
        return [found];
      }),
    mask: { gridShape, patchSize, masking },
  };
}

/** A mask whose lists are tensors; of its arrays only the lengths are right. */
function maskOf(
  any: TokenMask,
  visible: tf.Tensor,
  hidden: tf.Tensor,
  places: tf.Tensor,
): TokenMask {
  return {
    ...any,
    visibleIds: new Int32Array(visible.size),
    hiddenIds: new Int32Array(hidden.size),
    tensors: {
      visible: tf.reshape(visible, [1, visible.size]),
      hidden: tf.reshape(hidden, [1, hidden.size]),
      places: tf.reshape(places, [1, places.size, 1]),
    },
  };
}

function maskInputs(gridShape: Shape3, hiddenCount: number): tf.Tensor[] {
  const flags = flagsOf(volumeOf(gridShape), hiddenCount);
  const { visibleIds, hiddenIds } = tokenMaskFromFlags([flags], gridShape);
  return [
    tf.tensor1d(visibleIds, 'int32'),
    tf.tensor1d(hiddenIds, 'int32'),
    tf.tensor1d(Float32Array.from(flags)),
  ];
}

/** Flags of tokens, of which so many are hidden, anywhere. */
function flagsOf(tokens: number, hiddenCount: number): Uint8Array {
  const random = createRandom(hiddenCount, 'exportMask');
  const order = Array.from({ length: tokens }, (_, id) => ({ id, at: random.uniform() }));
  order.sort((one, other) => one.at - other.at);
  const flags = new Uint8Array(tokens);
  for (const { id } of order.slice(0, hiddenCount)) flags[id] = 1;
  return flags;
}

function maskedOf(
  objective: Objective,
  encoder: Encoder,
  { crop, inChannels }: PretrainConfig,
  origin: string,
): MaskedObjective {
  if (objective.kind !== 'masked') throw noReconstruction(objective, origin);
  const { gridShape } = encoder.geometry;
  const mask = tokenMaskFromFlags([flagsOf(volumeOf(gridShape), 1)], gridShape);
  const showsVoxels = tf.tidy(
    () => objective.reconstruct(tf.zeros([1, ...crop, inChannels]), mask).volumes !== null,
  );
  if (!showsVoxels) throw noReconstruction(objective, origin);
  return objective;
}

function noReconstruction(
  { name }: Objective,
  origin: string,
): VoxmimError<'UNSUPPORTED_CAPABILITY'> {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `${origin} predicts no intensities: its objective ${name} has nothing to reconstruct.`,
    'Export its encoder, or a pretraining by MAE or SimMIM with the target "voxels".',
    { component: name, capability: 'reconstruction' },
  );
}
