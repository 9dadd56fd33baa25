import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // registers gradients

import { testEncoderConformance } from '@voxmim/testing';
import { describe, it } from 'node:test';

import { acmeBackbone } from './backbone.js';

testEncoderConformance({ describe, it }, (random) =>
  acmeBackbone(
    { patchSize: [2, 2, 4], embedDim: 3, depth: 1 },
    { inputShape: [4, 8, 16], inChannels: 1, random },
  ),
);
