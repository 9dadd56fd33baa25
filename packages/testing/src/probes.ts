import type { ParameterOwner } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { expectSame, expectThat } from './assertion.js';
import { noise } from './noise.js';
import { valuesOf } from './tensors.js';

/** One number from many tensors, such that each element matters: their product with fixed noise. */
export function weighed(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    const sums = tensors.map((x, seed) => tf.sum<tf.Scalar>(tf.mul(x, noise(x.shape, seed + 1))));
    return tf.addN(sums);
  });
}

/** Fails unless `loss` sends a finite gradient that is not zero to every parameter of `owner`. */
export async function expectGradientsFor(
  owner: ParameterOwner,
  loss: () => tf.Scalar,
  unused: readonly string[] = [],
): Promise<void> {
  const parameters = owner.namedParameters();
  const { value, grads } = tf.variableGrads(loss, [...parameters.values()]);
  const dead: string[] = [];
  for (const [path, variable] of parameters) {
    const gradient = Object.entries(grads).find(([name]) => name === variable.name)?.[1];
    const values = gradient ? await valuesOf(gradient) : [];
    expectThat(values.every(Number.isFinite), () => `The gradient of ${path} is not finite.`);
    if (values.every((number) => number === 0)) dead.push(path);
  }
  tf.dispose([value, grads]);
  expectSame(dead.sort(), [...unused].sort(), 'parameters without a gradient');
}

/** Fails unless parameters have dotted names and each variable one name only. */
export function expectNamed(owner: ParameterOwner): void {
  const parameters = owner.namedParameters();
  expectThat(parameters.size > 0, () => 'There are no parameters.');
  for (const path of parameters.keys()) {
    expectThat(
      /^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/.test(path),
      () => `"${path}" is no dotted name.`,
    );
  }
  expectSame(new Set(parameters.values()).size, parameters.size, 'distinct variables');
}

/** Copies every parameter and buffer of `source` to `target` by name. */
export function copyWeights(source: ParameterOwner, target: ParameterOwner): void {
  const variables = (owner: ParameterOwner) =>
    new Map([...owner.namedParameters(), ...(owner.namedBuffers?.() ?? [])]);
  const from = variables(source);
  const to = variables(target);
  expectSame([...to.keys()], [...from.keys()], 'names of two instances of one config');
  for (const [path, variable] of to) {
    const value = from.get(path);
    if (value) variable.assign(value);
  }
}

/** The values of some tensors, one array each; disposes them. */
export async function takeValues(tensors: readonly tf.Tensor[]): Promise<number[][]> {
  const values: number[][] = [];
  for (const tensor of tensors) values.push(await valuesOf(tensor));
  tf.dispose([...tensors]);
  return values;
}
