import * as tf from '@tensorflow/tfjs-core';

import { adamWHyper, type AdamWNumbers, adamWStep } from './adamw-step.js';
import { hasKernel } from './kernel.js';

/** A parameter, what AdamW remembers of it, and its gradient; all of one shape. */
export interface AdamWSlot {
  readonly param: tf.Variable;
  readonly firstMoment: tf.Variable;
  readonly secondMoment: tf.Variable;
  /** Still the caller's to free; its numbers may be overwritten. */
  readonly gradient: tf.Tensor;
}

/**
 * One step of AdamW on any number of parameters that share its numbers. Where the backend can, it is one
 * kernel that changes parameters and moments where they are; else each is assigned what {@link adamWStep}
 * gives. Tensors that share a variable's data keep theirs either way.
 *
 * @param clip a further factor of the gradients, still on the device
 */
export function adamWUpdate(
  slots: readonly AdamWSlot[],
  numbers: AdamWNumbers,
  clip?: tf.Scalar,
): void {
  if (slots.length === 0) return;
  tf.tidy(() => {
    if (hasKernel('VoxmimAdamWInPlace')) inOneKernel(slots, numbers, clip);
    else oneByOne(slots, numbers, clip);
  });
}

function inOneKernel(slots: readonly AdamWSlot[], numbers: AdamWNumbers, clip?: tf.Scalar): void {
  const inputs: tf.NamedTensorMap = clip ? { clip } : {};
  slots.forEach(({ param, firstMoment, secondMoment, gradient }, index) => {
    inputs[`param${index}`] = param;
    inputs[`firstMoment${index}`] = firstMoment;
    inputs[`secondMoment${index}`] = secondMoment;
    inputs[`grad${index}`] = gradient;
  });
  const attributes = { ...numbers, count: slots.length };
  const moved = tf.engine().runKernel<tf.Tensor[]>('VoxmimAdamWInPlace', inputs, attributes);
  // Nothing comes back when all was changed in place.
  const variables = [
    ...slots.map(({ param }) => param),
    ...slots.map(({ firstMoment }) => firstMoment),
    ...slots.map(({ secondMoment }) => secondMoment),
  ];
  moved.forEach((tensor, index) => variables[index]?.assign(tensor));
}

function oneByOne(slots: readonly AdamWSlot[], numbers: AdamWNumbers, clip?: tf.Scalar): void {
  const plain = adamWHyper(numbers);
  const hyper = clip ? tf.mul<tf.Tensor1D>(plain, clipFactors(clip)) : plain;
  for (const slot of slots) {
    const next = adamWStep(slot, slot.gradient, hyper, numbers);
    slot.param.assign(next.param);
    slot.firstMoment.assign(next.firstMoment);
    slot.secondMoment.assign(next.secondMoment);
  }
}

/** Ones, but for `clip` where {@link adamWHyper} holds the gradient's scale. */
function clipFactors(clip: tf.Scalar): tf.Tensor1D {
  return tf.concat([
    tf.ones<tf.Rank.R1>([3]),
    tf.reshape<tf.Rank.R1>(clip, [1]),
    tf.ones<tf.Rank.R1>([1]),
  ]);
}
