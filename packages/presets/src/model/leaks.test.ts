import '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-layers'; // registers gradients

import { createRandom, type MaskedObjective, type NamedConfig, type TokenMask } from '@voxmim/core';
import { sampleMask } from '@voxmim/masking';
import { expectClose, hiddenVoxels, noise } from '@voxmim/testing';
import * as tf from '@tensorflow/tfjs-core';

import { createRegistries } from '../registries.js';
import { buildPretrainModel } from './build-model.js';

const registries = createRegistries();
const crop = [4, 8, 12] as const;
const patchSize = [2, 2, 2] as const;
const gridShape = [2, 4, 6] as const;

const vit = { name: 'vit', patchSize, embedDim: 12, depth: 1, numHeads: 2, mlpRatio: 1 };
const encoders: Record<string, NamedConfig> = {
  vit,
  'vit with a class token': { ...vit, classToken: true },
  swin: {
    ...{ name: 'swin', patchSize, embedDim: 6, depths: [1, 1], numHeads: [1, 2] },
    ...{ windowSize: [2, 2, 2], mlpRatio: 1 },
  },
  van: { name: 'van', patchSize, embedDims: [6, 8], depths: [1, 1], mlpRatios: [1, 1] },
};
const mae = {
  ...{ name: 'mae', decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 },
  decoderMlpRatio: 1,
};
const plain = { mae, simmim: { name: 'simmim' } };
const objectives: Record<string, NamedConfig> = {
  ...plain,
  'mae on all voxels': { ...mae, lossOn: 'all' },
  'simmim on all voxels': { name: 'simmim', lossOn: 'all' },
  'mae of gradients': { ...mae, target: 'gradients' },
  'mae of orientations': { ...mae, target: 'hog' },
  'simmim of gradients': { name: 'simmim', target: 'gradients' },
  'simmim of orientations': { name: 'simmim', target: 'hog', hogCellSize: [1, 2, 1] },
  'simmim by convolutions': { name: 'simmim', decoder: 'convolution', decoderDim: 4 },
};
const pairs = Object.keys(encoders).flatMap((encoder) =>
  Object.keys(objectives)
    .filter((objective) => encoder.startsWith('vit') || !objective.startsWith('mae'))
    .map((objective) => [encoder, objective] as const),
);

function maskOf(name: string, volumes: Float32Array): TokenMask {
  const config = { name, ...(name === 'grouped' && { maskPatchSize: [2, 4, 4] }) };
  const size = volumes.length / 2;
  return sampleMask(
    registries.masks.create(config, undefined),
    [0, 1].map((sample) => ({
      ...{ gridShape, patchSize, progress: 0, random: createRandom(sample, name) },
      voxels: volumes.subarray(sample * size, (sample + 1) * size),
    })),
  );
}

/** Other voxels where `flags` is 1, those of `volumes` elsewhere. */
function changed(volumes: tf.Tensor5D, flags: tf.Tensor): tf.Tensor5D {
  return tf.add(volumes, tf.mul(tf.mul(noise<tf.Rank.R5>(volumes.shape, 7), 10), flags));
}

async function largestDifference(left: tf.Tensor, right: tf.Tensor): Promise<number> {
  return (await tf.max(tf.abs(tf.sub(left, right))).data())[0] ?? NaN;
}

describe.each(pairs)('%s with %s', (encoderName, objectiveName) => {
  let objective: MaskedObjective;
  beforeAll(async () => {
    expect(await tf.setBackend('wasm')).toBe(true);
    const config = { seed: 1, crop, inChannels: 1, encoder: encoders[encoderName]! };
    const built = buildPretrainModel(
      { ...config, objective: objectives[objectiveName]! },
      registries,
    );
    if (built.objective.kind === 'masked') objective = built.objective;
  });

  // An option of an objective takes the same way from mask to prediction: one mask will do.
  const masks = objectiveName in plain ? registries.masks.names() : ['random'];
  it.each(masks)('sees nothing of what a %s mask hides', async (name) => {
    const volumes = noise<tf.Rank.R5>([2, ...crop, 1]);
    const mask = maskOf(name, Float32Array.from(await volumes.data()));
    const hidden = hiddenVoxels(mask, patchSize);
    const visible = tf.sub(1, hidden);

    const before = objective.reconstruct(volumes, mask);
    const unseen = objective.reconstruct(changed(volumes, hidden), mask);
    const seen = objective.reconstruct(changed(volumes, visible), mask);

    const exactly = { absolute: 0, relative: 0 };
    await expectClose(unseen.prediction, before.prediction, exactly);
    if (before.volumes && unseen.volumes) {
      await expectClose(tf.mul(unseen.volumes, hidden), tf.mul(before.volumes, hidden), exactly);
      await expectClose(tf.mul(before.prediction, visible), tf.zerosLike(volumes), exactly);
    }
    expect(await largestDifference(seen.prediction, before.prediction)).toBeGreaterThan(0);
  });

  // The two below know the formula of intensities.
  if (objectives[objectiveName]!['target'] !== undefined) return;

  it('meets hidden voxels as targets only, and visible ones only where it scores them', async () => {
    const volumes = noise<tf.Rank.R5>([2, ...crop, 1]);
    const mask = maskOf('random', Float32Array.from(await volumes.data()));
    const hidden = hiddenVoxels(mask, patchSize);
    const all = objectives[objectiveName]!['lossOn'] === 'all';
    const scored = tf.sum(all ? tf.onesLike(hidden) : hidden);

    const gradient = tf.grad((x) => objective.loss(x as tf.Tensor5D, mask))(volumes);

    // Of a mean absolute error, a target's own share is the sign of its error over their number.
    const share = tf.mul(tf.abs(gradient), hidden);
    await expectClose(share, tf.div(hidden, scored), { absolute: 1e-9, relative: 1e-6 });
  });

  it('has the loss of the voxels it scores, worked by hand', async () => {
    const volumes = noise<tf.Rank.R5>([2, ...crop, 1]);
    const mask = maskOf('random', Float32Array.from(await volumes.data()));
    const { prediction } = objective.reconstruct(volumes, mask);
    const hidden = hiddenVoxels(mask, patchSize);
    const onHidden = tf.sum(tf.mul(tf.abs(tf.sub(prediction, volumes)), hidden));
    const loss = objective.loss(volumes, mask);
    if (objectives[objectiveName]!['lossOn'] === 'all') {
      const total = tf.mul(loss, volumes.size);
      expect(await largestDifference(total, onHidden)).toBeGreaterThan(1);
      expect((await tf.less(onHidden, total).data())[0]).toBe(1);
    } else await expectClose(loss, tf.div(onHidden, tf.sum(hidden)));
  });
});
