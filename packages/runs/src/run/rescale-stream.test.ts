import '@tensorflow/tfjs-backend-cpu';

import { createRandom } from '@voxmim/core';
import { VitConfig, VitEncoder } from '@voxmim/encoders';
import { toyEncoder } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { rescaleStream, rescalingText } from './rescale-stream.js';

const context = { inputShape: [4, 8, 8], inChannels: 1, random: createRandom(3) } as const;
const random = createRandom(4);
const voxels = Float32Array.from({ length: 2 * 4 * 8 * 8 }, () => random.normal());
const crops = { shape: [2, 4, 8, 8, 1] as [number, number, number, number, number], voxels };

/** A ViT whose stream has grown, as a long pretraining leaves it. */
function grown(options: object): VitEncoder {
  const sizes = { patchSize: [2, 4, 4], embedDim: 96, depth: 4, numHeads: 4, init: 'xavier' };
  const encoder = new VitEncoder(VitConfig.parse({ ...sizes, ...options }), context);
  // A token as new as it starts is so small that the norm's epsilon counts.
  encoder.clsToken?.assign(tf.reshape(tf.linspace(-1, 1, 96), [1, 1, 96]));
  encoder.divideStream(1 / 20);
  return encoder;
}

const sizeOf = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

async function levelsOf(encoder: VitEncoder): Promise<Float32Array[]> {
  const levels = encoder.pyramid(tf.tensor5d(voxels, crops.shape));
  return Promise.all(levels.map((level) => level.data<'float32'>()));
}

it.each([
  { positions: 'learned' },
  { positions: 'sincos', qkvBias: true },
  { positions: 'learned', classToken: true },
])(
  'brings the levels of %j to size 1 and leaves the final features as they are',
  async (options) => {
    const encoder = grown(options);
    const before = await levelsOf(encoder);
    const tensors = tf.memory().numTensors;

    const size = await rescaleStream(encoder, crops);

    expect(tf.memory().numTensors).toBe(tensors);
    expect(size).toBeGreaterThan(10);
    expect(rescalingText(size!)).toContain(`divided by ${size!.toPrecision(3)}`);
    const after = await levelsOf(encoder);
    const last = after.at(-1)!.map((value, at) => value - before.at(-1)![at]!);
    expect(sizeOf(last)).toBeLessThan(1e-3);
    // The last of the others is the last block's output here: 2, 3 and 4 of 4.
    expect(sizeOf(after.at(-2)!)).toBeCloseTo(1, 4);
    for (const level of after) expect(sizeOf(level)).toBeLessThan(2);
  },
);

it('leaves alone what has no such stream', async () => {
  const encoder = toyEncoder({ ...context, patchSize: [2, 4, 4], embedDim: 4 });
  expect(await rescaleStream(encoder, crops)).toBeNull();
});
