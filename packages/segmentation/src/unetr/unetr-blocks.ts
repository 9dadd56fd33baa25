/**
 * The convolutional blocks of MONAI's UNETR and Swin UNETR. Fields carry MONAI's names, since a field's name is
 * its key in a checkpoint; instance norms have no parameters, hence no field.
 *
 * @module
 */
import { mapAxes, type Random, type Shape3 } from '@voxmim/core';
import { Conv3d, ConvTranspose3d, instanceNorm, Module } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

import type { UpsamplingPath } from '../upsampling-path.js';

const cube: Shape3 = [3, 3, 3];
const point: Shape3 = [1, 1, 1];

/** A convolution that keeps the extents, under the key `conv`. */
class Convolution extends Module {
  readonly conv: Conv3d;

  constructor(
    inChannels: number,
    outChannels: number,
    kernel: Shape3,
    random: Random,
    bias = false,
  ) {
    super();
    const padding = mapAxes(kernel, (taps) => (taps - 1) / 2);
    this.conv = new Conv3d(inChannels, outChannels, kernel, { random, padding, bias });
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return this.conv.call(x);
  }
}

/** A transposed convolution without bias, under the key `conv`. */
class Upsampling extends Module {
  readonly conv: ConvTranspose3d;

  constructor(inChannels: number, outChannels: number, factors: Shape3, random: Random) {
    super();
    this.conv = new ConvTranspose3d(inChannels, outChannels, factors, { random, bias: false });
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return this.conv.call(x);
  }
}

/**
 * Two 3×3×3 convolutions around a residual, each followed by instance norm. `conv3` brings the
 * residual to the new width and exists only where the width changes.
 */
export class ResidualBlock extends Module {
  readonly conv1: Convolution;
  readonly conv2: Convolution;
  readonly conv3: Convolution | null;

  constructor(inChannels: number, outChannels: number, random: Random) {
    super();
    this.conv1 = new Convolution(inChannels, outChannels, cube, random.stream('conv1'));
    this.conv2 = new Convolution(outChannels, outChannels, cube, random.stream('conv2'));
    this.conv3 =
      inChannels === outChannels
        ? null
        : new Convolution(inChannels, outChannels, point, random.stream('conv3'));
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => {
      const first = leakyRelu(instanceNorm(this.conv1.call(x)));
      const second = instanceNorm(this.conv2.call(first));
      const residual = this.conv3 ? instanceNorm(this.conv3.call(x)) : x;
      return leakyRelu(tf.add(second, residual));
    });
  }
}

/** A skip at the stride of its stage: one residual block. */
export class ResidualSkip extends Module {
  readonly layer: ResidualBlock;

  constructor(inChannels: number, outChannels: number, random: Random) {
    super();
    this.layer = new ResidualBlock(inChannels, outChannels, random);
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return this.layer.call(x);
  }
}

/** A skip that brings an encoder level up to its stage. */
export class LevelSkip extends Module {
  readonly transp_conv_init: Upsampling;
  readonly blocks: readonly (readonly [Upsampling, ResidualBlock])[];

  constructor(
    inChannels: number,
    outChannels: number,
    [first, ...rest]: UpsamplingPath,
    random: Random,
  ) {
    super();
    this.transp_conv_init = new Upsampling(inChannels, outChannels, first, random.stream('init'));
    this.blocks = rest.map((factors, index) => [
      new Upsampling(outChannels, outChannels, factors, random.stream('up', index)),
      new ResidualBlock(outChannels, outChannels, random.stream('block', index)),
    ]);
  }

  call(level: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() =>
      this.blocks.reduce(
        (x, [up, block]) => block.call(up.call(x)),
        this.transp_conv_init.call(level),
      ),
    );
  }
}

/** One decoder stage: upsample, join the skip, convolve. */
export class DecoderStage extends Module {
  readonly transp_conv: Upsampling;
  readonly conv_block: ResidualBlock;

  constructor(inChannels: number, outChannels: number, factors: Shape3, random: Random) {
    super();
    this.transp_conv = new Upsampling(inChannels, outChannels, factors, random.stream('up'));
    this.conv_block = new ResidualBlock(2 * outChannels, outChannels, random.stream('block'));
  }

  call(x: tf.Tensor5D, skip: tf.Tensor5D): tf.Tensor5D {
    return tf.tidy(() => this.conv_block.call(tf.concat([this.transp_conv.call(x), skip], 4)));
  }
}

/** The 1×1×1 convolution to class scores, with bias, under the key `conv.conv`. */
export class ScoreLayer extends Module {
  readonly conv: Convolution;

  constructor(inChannels: number, numClasses: number, random: Random) {
    super();
    this.conv = new Convolution(inChannels, numClasses, point, random, true);
  }

  call(x: tf.Tensor5D): tf.Tensor5D {
    return this.conv.call(x);
  }
}

function leakyRelu(x: tf.Tensor5D): tf.Tensor5D {
  return tf.leakyRelu(x, 0.01);
}
