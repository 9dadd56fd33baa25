import * as tf from '@tensorflow/tfjs-core';

import { expectSame, expectThat } from './assertion.js';

/** Numbers to compare: a tensor (which stays the caller's), or its values flat or nested. */
export type Numbers = tf.Tensor | ArrayLike<number> | NestedNumbers;
type NestedNumbers = readonly (number | NestedNumbers)[];

/** How far apart numbers may be: `|a - b| ≤ absolute + relative · |b|`. */
export interface Tolerance {
  /** Defaults to 1e-5. */
  readonly absolute?: number;
  /** Defaults to 1e-4. */
  readonly relative?: number;
}

/** Runs `body` and fails if it left more tensors behind than it returned. */
export function expectNoLeak(body: () => tf.TensorContainer): void {
  const before = tf.memory().numTensors;
  tf.dispose(body());
  const leaked = tf.memory().numTensors - before;
  expectThat(leaked === 0, () => `Left ${leaked} tensors behind.`);
}

/**
 * Fails, naming the worst element, unless all of `received` is finite and close to `expected`.
 * Shapes are compared too where both sides are tensors.
 */
export async function expectClose(
  received: Numbers,
  expected: Numbers,
  { absolute = 1e-5, relative = 1e-4 }: Tolerance = {},
): Promise<void> {
  if (received instanceof tf.Tensor && expected instanceof tf.Tensor) {
    expectSame(received.shape, expected.shape, 'shape');
  }
  const [left, right] = [await valuesOf(received), await valuesOf(expected)];
  expectSame(left.length, right.length, 'number of elements');
  const excess = left.map((value, index) => {
    const other = right[index] ?? NaN;
    const distance = Math.abs(value - other) - absolute - relative * Math.abs(other);
    return Number.isNaN(distance) ? Infinity : distance;
  });
  const worst = excess.reduce(
    (best, value, index) => (value > (excess[best] ?? 0) ? index : best),
    0,
  );
  expectThat(
    (excess[worst] ?? 0) <= 0,
    () =>
      `Element ${worst} is ${left[worst]}, expected ${right[worst]} ± ${absolute} ± ${relative}×.`,
  );
}

/** The values of a tensor or of nested arrays, flat, in row-major order. */
export async function valuesOf(numbers: Numbers): Promise<number[]> {
  if (numbers instanceof tf.Tensor) return Array.from(await numbers.data());
  const flatten = (part: number | Exclude<Numbers, tf.Tensor>): number[] =>
    typeof part === 'number' ? [part] : Array.from(part).flatMap(flatten);
  return flatten(numbers);
}
