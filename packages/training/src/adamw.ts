import { adamWUpdate, buffer } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';
import * as z from 'zod';

import type { ParameterGroup } from './parameter-groups.js';

/** The constants of AdamW; decay and rate belong to groups and schedule. */
export const AdamWConfig = z.strictObject({
  beta1: z.number().min(0).lt(1).default(0.9).describe('Memory of the gradient.'),
  beta2: z
    .number()
    .min(0)
    .lt(1)
    .default(0.95)
    .describe('Memory of its square; 0.95 as in MAE, PyTorch has 0.999.'),
  epsilon: z.number().positive().default(1e-8).describe('Keeps the division finite.'),
});
export type AdamWConfig = z.infer<typeof AdamWConfig>;

/** What one {@link AdamW.update} is given beside the gradients. */
export interface AdamWUpdate {
  readonly learningRate: number;
  /** Gradients are multiplied by this first: the mean over accumulated batches. Default 1. */
  readonly gradientScale?: number;
  /** A further factor, still on the device: what {@link clipFactor} gives. */
  readonly clip?: tf.Scalar;
}

interface Slot {
  readonly variable: tf.Variable;
  readonly firstMoment: tf.Variable;
  readonly secondMoment: tf.Variable;
}

interface SlotGroup extends Omit<ParameterGroup, 'parameters'> {
  readonly slots: ReadonlyMap<string, Slot>;
}

/**
 * Adam with decoupled weight decay over groups of parameters, in PyTorch's formula.
 *
 * Never reads a tensor back, so that lazy engines compute the whole step in one go. Owns its
 * moments: {@link dispose} frees them and leaves the parameters alone.
 */
export class AdamW {
  readonly #groups: readonly SlotGroup[];
  readonly #config: AdamWConfig;
  #step = 0;

  constructor(groups: readonly ParameterGroup[], config: Partial<AdamWConfig> = {}) {
    this.#config = AdamWConfig.parse(config);
    this.#groups = groups.map(({ parameters, ...rest }) => ({
      ...rest,
      slots: slotsOf(parameters),
    }));
  }

  /** Steps done so far. */
  get step(): number {
    return this.#step;
  }

  /** The parameters that the next step moves, by path: all but those still frozen. */
  get parameters(): ReadonlyMap<string, tf.Variable> {
    const moving = this.#groups.filter((group) => stepsOf(group, this.#step + 1) > 0);
    return new Map(
      moving.flatMap(({ slots }) => [...slots].map(([name, { variable }]) => [name, variable])),
    );
  }

  /**
   * One step. A parameter without a gradient is left as it is, decay included, as in PyTorch; so is one
   * of a frozen group. The bias of a group's moments is corrected by the steps it has made itself.
   *
   * @param gradients by parameter path; still the caller's to free, but their numbers may be overwritten
   */
  update(gradients: Readonly<tf.NamedTensorMap>, options: AdamWUpdate): void {
    this.#step += 1;
    for (const group of this.#groups) {
      if (stepsOf(group, this.#step) <= 0) continue;
      const moving = [...group.slots].flatMap(([name, { variable, ...moments }]) => {
        const gradient = gradients[name];
        return gradient ? [{ param: variable, ...moments, gradient }] : [];
      });
      adamWUpdate(moving, this.#numbers(group, options), options.clip);
    }
  }

  /** The moments, by `first_moment.` or `second_moment.` and the parameter's path. */
  state(): ReadonlyMap<string, tf.Variable> {
    const state = new Map<string, tf.Variable>();
    for (const [name, slot] of this.#slots()) {
      state.set(`first_moment.${name}`, slot.firstMoment);
      state.set(`second_moment.${name}`, slot.secondMoment);
    }
    return state;
  }

  /** Goes on counting from `step`: for resuming, after {@link state} was filled. */
  resumeAt(step: number): void {
    this.#step = step;
  }

  /** Frees the moments. */
  dispose(): void {
    for (const variable of this.state().values()) variable.dispose();
  }

  #numbers(
    group: SlotGroup,
    { learningRate, gradientScale = 1 }: AdamWUpdate,
  ): Parameters<typeof adamWUpdate>[1] {
    return {
      ...this.#config,
      learningRate: learningRate * group.learningRateScale,
      weightDecay: group.weightDecay,
      step: stepsOf(group, this.#step),
      gradientScale,
    };
  }

  *#slots(): Generator<[string, Slot]> {
    for (const group of this.#groups) yield* group.slots;
  }
}

/** Steps that a group has made once `step` is done; 0 or less while it is frozen. */
function stepsOf({ frozenSteps = 0 }: SlotGroup, step: number): number {
  return step - frozenSteps;
}

function slotsOf(parameters: ReadonlyMap<string, tf.Variable>): Map<string, Slot> {
  const slots = new Map<string, Slot>();
  for (const [name, variable] of parameters) {
    const moment = () => buffer(() => tf.zeros(variable.shape));
    slots.set(name, { variable, firstMoment: moment(), secondMoment: moment() });
  }
  return slots;
}
