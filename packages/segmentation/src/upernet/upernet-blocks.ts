/**
 * The blocks of UPerNet. Fields carry the names of mmsegmentation's `ConvModule`: `conv`, then `gn`.
 *
 * @module
 */
import { mapAxes, type Random, type Shape3 } from '@voxmim/core';
import { adaptivePool, Conv3d, ConvTranspose3d, GroupNorm, Module, resizeLinear } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { LevelChange } from './level-pyramid.js';

/** Width and normalization of every map that a head makes. */
export interface MapWidth {
  readonly channels: number;
  readonly groups: number;
}

/** A convolution that keeps the extents, group norm, ReLU. */
export class NormedConv extends Module {
  readonly conv: Conv3d;
  readonly gn: GroupNorm;

  /** @param taps kernel extent along every axis, odd */
  constructor(inChannels: number, { channels, groups }: MapWidth, taps: number, random: Random) {
    super();
    const kernel: Shape3 = [taps, taps, taps];
    const padding = mapAxes(kernel, (extent) => (extent - 1) / 2);
    this.conv = new Conv3d(inChannels, channels, kernel, { random, padding, bias: false });
    this.gn = new GroupNorm(channels, groups);
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => tf.relu(this.gn.call(this.conv.call(x))));
  }
}

/** A transposed convolution (kernel = stride), group norm, ReLU. */
class NormedUpsampling extends Module {
  readonly conv: ConvTranspose3d;
  readonly gn: GroupNorm;

  constructor(inChannels: number, { channels, groups }: MapWidth, factors: Shape3, random: Random) {
    super();
    this.conv = new ConvTranspose3d(inChannels, channels, factors, { random, bias: false });
    this.gn = new GroupNorm(channels, groups);
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => tf.relu(this.gn.call(this.conv.call(x))));
  }
}

/** Brings one level to the stride that it was planned for. */
export class LevelScaling extends Module {
  readonly up: readonly NormedUpsampling[];
  /** Channels of the result. */
  readonly channels: number;
  readonly #down: Shape3;

  constructor(inChannels: number, width: MapWidth, { down, up }: LevelChange, random: Random) {
    super();
    this.#down = down;
    this.channels = up ? width.channels : inChannels;
    this.up = (up ?? []).map((factors, step) => {
      const from = step === 0 ? inChannels : width.channels;
      return new NormedUpsampling(from, width, factors, random.stream('up', step));
    });
  }

  call(level: tf.Tensor5D): tf.Tensor5D {
    const [, depth, height, width] = level.shape;
    const [byDepth, byHeight, byWidth] = this.#down;
    return tf.tidy(() => {
      const pooled = this.#down.some((factor) => factor > 1)
        ? adaptivePool(level, [depth / byDepth, height / byHeight, width / byWidth])
        : tf.clone(level);
      return this.up.reduce((x, step) => step.call(x), pooled);
    });
  }
}

/** Pyramid pooling: what the deepest level says on average, in boxes of several sizes, beside itself. */
export class PyramidPooling extends Module {
  readonly pspModules: readonly NormedConv[];
  readonly bottleneck: NormedConv;
  readonly #scales: readonly number[];

  constructor(inChannels: number, width: MapWidth, scales: readonly number[], random: Random) {
    super();
    this.#scales = scales;
    this.pspModules = scales.map(
      (_, index) => new NormedConv(inChannels, width, 1, random.stream('psp', index)),
    );
    const joined = inChannels + scales.length * width.channels;
    this.bottleneck = new NormedConv(joined, width, 3, random.stream('bottleneck'));
  }

  call(deepest: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => {
      const pooled = this.pspModules.map((module, index) => {
        const cells = this.#scales[index] ?? 1;
        return resizeLinear(
          module.call(adaptivePool(deepest, [cells, cells, cells])),
          gridOf(deepest),
        );
      });
      return this.bottleneck.call(tf.concat([deepest, ...pooled], 4));
    });
  }
}

/** Cells per axis of a map. */
export function gridOf({ shape: [, depth, height, width] }: tf.Tensor5D): Shape3 {
  return [depth, height, width];
}
