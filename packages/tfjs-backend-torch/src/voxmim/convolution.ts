import type { Tensor } from '../abi/tensor.js';
import { channelsFirst, channelsLast } from '../kernels/channels.js';
import {
  convolve,
  inputGradient,
  weightGradient,
  type ConvolutionGeometry,
} from '../kernels/convolve.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers 3D convolution with stride, dilation, groups and explicit padding, and its two gradients. */
export function registerVoxmimConvolutionKernels(): void {
  kernel('VoxmimConv3d', (call) => {
    const y = convolve(call, volume(call, 'x'), call.lowered('weight'), geometryOf(call));
    return channelsLast(call, y, 5);
  });
  kernel('VoxmimConv3dInputGrad', (call) => {
    const [batch = 1, depth = 1, height = 1, width = 1, channels = 1] = call.numbers('inputShape');
    const shape = [batch, channels, depth, height, width];
    const weight = call.lowered('weight');
    const dx = inputGradient(call, volume(call, 'dy'), weight, shape, geometryOf(call));
    return channelsLast(call, dx, 5);
  });
  kernel('VoxmimConv3dWeightGrad', (call) => {
    const [dy, x] = [volume(call, 'dy'), volume(call, 'x')];
    return weightGradient(call, dy, x, call.numbers('weightShape'), geometryOf(call));
  });
}

function volume(call: KernelCall, name: string): Tensor {
  return channelsFirst(call, call.lowered(name), 5);
}

function geometryOf(call: KernelCall): ConvolutionGeometry {
  const pairs = call.pairs('padding');
  return {
    strides: call.numbers('strides'),
    dilations: call.numbers('dilations'),
    before: pairs.map(([before]) => before),
    after: pairs.map(([, after]) => after),
    groups: call.number('groups', 1),
  };
}
