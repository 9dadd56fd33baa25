import {
  convolutionInputGradient,
  convolve,
  type ConvolutionGeometry,
} from '../graph/convolution.js';
import {
  convolvePatches,
  patchInputGradient,
  patchWeightGradient,
  tilesInput,
} from '../graph/patch-convolution.js';
import { convolutionWeightGradient } from '../graph/weight-gradient.js';
import { channelsFirst, channelsLast } from '../graph/channels.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers 3D convolution with stride, dilation, groups and explicit padding, and its two gradients. */
export function registerVoxmimConvolutionKernels(): void {
  kernel('VoxmimConv3d', (call) => {
    const x = call.input('x');
    const weight = call.input('weight');
    const geometry = geometryOf(call);
    if (tilesInput(x.shape.slice(1, -1), weight.shape.slice(2), geometry))
      return convolvePatches(x, weight);
    return channelsLast(convolve(channelsFirst(x), weight, geometry));
  });
  kernel('VoxmimConv3dInputGrad', (call) => {
    const dy = call.input('dy');
    const weight = call.input('weight');
    const geometry = geometryOf(call);
    const spatial = call.numbers('inputShape').slice(1, -1);
    if (tilesInput(spatial, weight.shape.slice(2), geometry)) return patchInputGradient(dy, weight);
    return channelsLast(convolutionInputGradient(channelsFirst(dy), weight, spatial, geometry));
  });
  kernel('VoxmimConv3dWeightGrad', (call) => {
    const dy = call.input('dy');
    const x = call.input('x');
    const shape = call.numbers('weightShape');
    const geometry = geometryOf(call);
    if (tilesInput(x.shape.slice(1, -1), shape.slice(2), geometry))
      return patchWeightGradient(dy, x, shape);
    return convolutionWeightGradient(channelsFirst(dy), channelsFirst(x), shape, geometry);
  });
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
