import '@tensorflow/tfjs-backend-cpu';
import '@voxmim/tfjs-backend-onnx';
import '@tensorflow/tfjs-layers'; // registers gradients
import { createRandom, type ForwardContext } from '@voxmim/core';
import { noise, registeredBackends } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { Linear } from './linear.js';
import { recomputed } from './recomputed.js';
import { runBlocks, TransformerBlock } from './transformer-block.js';

const context: ForwardContext = { training: true, random: createRandom(5) };

function blocksOf(recompute: boolean): TransformerBlock[] {
  const options = { numHeads: 2, mlpRatio: 2, dropPathRate: 0.5, recompute };
  return [0, 1].map(
    (index) => new TransformerBlock(6, { ...options, random: createRandom(1, index) }),
  );
}

/** The gradients of a loss on blocks, with a layer of plain ops on either side. */
async function gradientsWith(recompute: boolean): Promise<Float32Array[]> {
  const blocks = blocksOf(recompute);
  const [before, after] = [1, 2].map((seed) => new Linear(6, 6, { random: createRandom(seed) }));
  const owners = [before!, ...blocks, after!];
  const variables = owners.flatMap((owner) => [...owner.namedParameters().values()]);
  const x = noise<tf.Rank.R3>([2, 5, 6], 3);
  const { value, grads } = tf.variableGrads(
    () =>
      tf.tidy(() => {
        const last = runBlocks(blocks, before!.call(x), context).at(-1)!;
        return tf.mean<tf.Scalar>(tf.square(after!.call(last)));
      }),
    variables,
  );
  const all = [value, ...variables.map(({ name }) => grads[name]!)];
  const read = await Promise.all(all.map((tensor) => tensor.data<'float32'>()));
  tf.dispose([all, x]);
  for (const owner of owners) owner.dispose();
  return read;
}

describe.each(registeredBackends())('recomputed on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it('has the gradients of a plain call, to the bit, with the same paths dropped', async () => {
    await gradientsWith(true); // Constants that a backend caches.
    const before = tf.memory().numTensors;
    const again = await gradientsWith(true);
    expect(tf.memory().numTensors).toBe(before);
    expect(again).toEqual(await gradientsWith(false));
  });

  it('keeps nothing on the way', () => {
    const x = noise<tf.Rank.R2>([4, 4], 1);
    let calls = 0;
    const deep = (rows: tf.Tensor2D) => {
      calls++;
      return [1, 2, 3, 4].reduce((value) => tf.sin(value), rows);
    };
    const kept = (forward: () => tf.Tensor) => {
      let alive = 0;
      tf.grad(() => {
        const before = tf.memory().numTensors;
        const value = forward();
        alive = tf.memory().numTensors - before;
        return value;
      })(x);
      return alive;
    };
    expect(kept(() => tf.tidy(() => recomputed(x, [], deep)))).toBeLessThan(
      kept(() => tf.tidy(() => deep(x))),
    );
    expect(calls).toBe(2 + 1);
    x.dispose();
  });
});
