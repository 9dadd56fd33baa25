import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers';

import * as tf from '@tensorflow/tfjs-core';
import { createRandom, type Shape3 } from '@voxmim/core';
import { VitConfig, VitEncoder } from '@voxmim/encoders';
import { randomMasking, RandomMaskingConfig, sampleMask } from '@voxmim/masking';
import { MaeConfig, MaeObjective } from '@voxmim/objectives';

const inputShape: Shape3 = [8, 8, 8];
const patchSize: Shape3 = [4, 4, 4];
const random = createRandom(0, 'weights');
const encoder = new VitEncoder(
  VitConfig.parse({ patchSize, embedDim: 24, depth: 1, numHeads: 2 }),
  { inputShape, inChannels: 1, random },
);
const objective = new MaeObjective(
  encoder,
  MaeConfig.parse({ decoderEmbedDim: 24, decoderDepth: 1, decoderNumHeads: 2 }),
  random,
);
const masking = randomMasking(RandomMaskingConfig.parse({}));
const optimizer = tf.train.sgd(0.01);

for (let step = 0; step < 3; step++) {
  const voxels = Float32Array.from({ length: 512 }, (_, index) => Math.sin(index / 50));
  const mask = sampleMask(masking, [
    { gridShape: [2, 2, 2], patchSize, random: createRandom(0, 'mask', step), progress: 0, voxels },
  ]);
  const volumes = tf.tensor5d(voxels, [1, ...inputShape, 1]);
  const loss = optimizer.minimize(() => objective.loss(volumes, mask), true, [
    ...objective.namedParameters().values(),
  ]);
  console.log(`step ${step}: loss ${(await loss?.data())?.[0]?.toFixed(4)}`);
}
