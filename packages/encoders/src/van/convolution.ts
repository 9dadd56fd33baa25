import { mapAxes, type Random, type Shape3 } from '@voxmim/core';
import { Conv3d, normal } from '@voxmim/nn';

/** How a {@link convolution} is built. */
export interface ConvolutionOptions {
  readonly random: Random;
  readonly kernel: Shape3;
  readonly strides?: Shape3;
  readonly dilation?: number;
  readonly groups?: number;
}

/**
 * A convolution that starts as VAN's do, normal with variance 2 over the fan-out and zero biases,
 * padded by half its span so that a stride of 1 keeps the grid.
 */
export function convolution(
  inChannels: number,
  outChannels: number,
  options: ConvolutionOptions,
): Conv3d {
  const { random, kernel, strides = [1, 1, 1], dilation = 1, groups = 1 } = options;
  const taps = kernel[0] * kernel[1] * kernel[2];
  return new Conv3d(inChannels, outChannels, kernel, {
    ...{ random, strides, groups, bias: 'zeros' },
    init: normal(Math.sqrt((2 * groups) / (taps * outChannels))),
    padding: mapAxes(kernel, (size) => (dilation * (size - 1)) / 2),
    dilations: [dilation, dilation, dilation],
  });
}

/** A convolution of single voxels: a linear layer over channels. */
export function pointwise(inChannels: number, outChannels: number, random: Random): Conv3d {
  return convolution(inChannels, outChannels, { random, kernel: [1, 1, 1] });
}

/** A convolution of each channel by itself. */
export function depthwise(channels: number, size: number, random: Random, dilation = 1): Conv3d {
  const kernel = [size, size, size] as const;
  return convolution(channels, channels, { random, kernel, dilation, groups: channels });
}
