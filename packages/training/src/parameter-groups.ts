import { type Encoder, type ParameterOwner, VoxmimError } from '@voxmim/core';
import type { Variable } from '@tensorflow/tfjs-core';

/** Parameters that are stepped alike. */
export interface ParameterGroup {
  /** By the path they have in a checkpoint. */
  readonly parameters: ReadonlyMap<string, Variable>;
  /** Multiplies the scheduled learning rate. */
  readonly learningRateScale: number;
  readonly weightDecay: number;
  /** First steps of the run in which they keep their values to the bit. Default 0. */
  readonly frozenSteps?: number;
}

/** How {@link parameterGroups} sorts. */
export interface ParameterGroupOptions {
  readonly weightDecay: number;
  /** Layer-wise decay: the rate falls by this factor per layer away from the output. Default 1: none. */
  readonly layerDecay?: number;
  /** Multiplies the rate of the whole encoder. Default 1. */
  readonly encoderScale?: number;
  /** Needed for layer-wise decay: says which layer a parameter belongs to. */
  readonly encoder?: Pick<Encoder, 'layerOf' | 'layerCount'>;
  /** What the encoder's parameters are called by `owner`. Default `'encoder.'`. */
  readonly encoderPrefix?: string;
  /** First steps in which the encoder keeps its weights; `Infinity`: it is in no group at all. */
  readonly frozenEncoderSteps?: number;
}

/**
 * Sorts every parameter of `owner` by weight decay and learning-rate scale.
 *
 * Biases, norms and all else of one dimension, positions and tokens are not decayed. With
 * `layerDecay` d, layer i of an encoder with n layers is scaled by `d^(n - i)`; what is outside the
 * encoder (a head, a decoder) keeps the full rate. `encoderScale` multiplies those of the encoder.
 *
 * An encoder that is frozen for ever has no moments and no gradients, hence no group.
 *
 * Source: facebookresearch/mae `util/lr_decay.py` and timm's `add_weight_decay`. MAE's pretraining
 * script decays its class and mask tokens, its fine-tuning script does not; here they never are.
 *
 * @throws `INVALID_CONFIG` when `layerDecay` is given without an encoder
 */
export function parameterGroups(
  owner: ParameterOwner,
  options: ParameterGroupOptions,
): ParameterGroup[] {
  const groups = new Map<string, ParameterGroup & { parameters: Map<string, Variable> }>();
  const { frozenEncoderSteps = 0, encoderPrefix = 'encoder.' } = options;
  for (const [name, variable] of owner.namedParameters()) {
    const frozenSteps = name.startsWith(encoderPrefix) ? frozenEncoderSteps : 0;
    if (frozenSteps === Infinity) continue;
    const learningRateScale = layerScale(name, options);
    const weightDecay = isDecayed(name, variable) ? options.weightDecay : 0;
    const key = `${learningRateScale}/${weightDecay}/${frozenSteps}`;
    const group = groups.get(key) ?? {
      parameters: new Map(),
      ...{ learningRateScale, weightDecay, frozenSteps },
    };
    group.parameters.set(name, variable);
    groups.set(key, group);
  }
  return [...groups.values()];
}

const UNDECAYED =
  /(^|\.)[a-z_]*(token|pos_embed|position_embedding|relative_position_bias)[a-z_]*$/;

function isDecayed(name: string, { shape }: Variable): boolean {
  return shape.length > 1 && !name.endsWith('.bias') && !UNDECAYED.test(name);
}

function layerScale(name: string, options: ParameterGroupOptions): number {
  const { layerDecay = 1, encoderScale = 1, encoder, encoderPrefix = 'encoder.' } = options;
  const inEncoder = name.startsWith(encoderPrefix);
  if (layerDecay === 1) return inEncoder ? encoderScale : 1;
  if (!encoder) {
    throw new VoxmimError(
      'INVALID_CONFIG',
      `layerDecay is ${layerDecay}, but no encoder says which layer a parameter is in.`,
      'Pass the encoder, or leave layerDecay at 1.',
      { path: 'layerDecay', received: layerDecay },
    );
  }
  if (!inEncoder) return 1;
  const layers = encoder.layerCount - encoder.layerOf(name.slice(encoderPrefix.length));
  return encoderScale * layerDecay ** layers;
}
