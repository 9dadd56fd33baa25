import type { ForwardContext } from '@voxmim/core';
import { BatchNorm, InstanceNorm, LayerNorm, type Module } from '@voxmim/nn';
import type { Tensor5D } from '@tensorflow/tfjs-core';

import type { VanConfig } from './config.js';

/** A norm over features `[B, D, H, W, C]`. */
export interface FeatureNorm extends Module {
  call(x: Tensor5D, context?: ForwardContext): Tensor5D;
}

/** The norm that a config names. */
export function featureNorm(kind: VanConfig['norm'], channels: number): FeatureNorm {
  if (kind === 'batch') return new BatchNorm(channels);
  return kind === 'instance' ? new InstanceNorm({ channels }) : new LayerNorm(channels);
}
