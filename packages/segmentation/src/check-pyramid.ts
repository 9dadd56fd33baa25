import { VoxmimError } from '@voxmim/core';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * Checks that a head got as many levels as it was built for.
 *
 * @returns the deepest of them
 * @throws `SHAPE_MISMATCH`
 */
export function checkPyramid(
  head: string,
  expected: number,
  pyramid: readonly tf.Tensor5D[],
): tf.Tensor5D {
  const deepest = pyramid.at(-1);
  if (deepest && pyramid.length === expected) return deepest;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `This ${head} head was built for ${expected} feature levels but got ${pyramid.length}.`,
    'Give it the pyramid of the encoder whose levels it was built from.',
    { expected: `${expected} levels`, received: [pyramid.length] },
  );
}
