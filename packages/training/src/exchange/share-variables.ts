import type { Exchange } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { flatten, unflatten } from './flat-tensors.js';

/** Gives every process the values that the first one has. */
export async function shareVariables(
  exchange: Exchange,
  variables: readonly tf.Variable[],
): Promise<void> {
  if (variables.length === 0) return;
  const own = tf.tidy(() => {
    const flat = flatten(variables);
    return exchange.rank === 0 ? flat : tf.zerosLike(flat);
  });
  const shared = await exchange.sum(own);
  tf.tidy(() =>
    unflatten(shared, variables).forEach((value, index) => variables[index]?.assign(value)),
  );
  tf.dispose([own, shared]);
}
