import {
  convolutionInputGradient,
  convolutionWeightGradient,
  convolve,
} from '../graph/convolution.js';
import type { ConvolutionGeometry } from '../graph/convolution.js';
import { channelsFirst, channelsLast } from '../kernels/convolution.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers 3D convolution with stride, dilation, groups and explicit padding, and its two gradients. */
export function registerVoxmimConvolutionKernels(): void {
  kernel('VoxmimConv3d', (call) => {
    const x = channelsFirst(call.input('x'), false);
    return channelsLast(convolve(x, call.input('weight'), geometryOf(call)));
  });
  kernel('VoxmimConv3dInputGrad', (call) => {
    const dy = channelsFirst(call.input('dy'), false);
    const spatial = call.numbers('inputShape').slice(1, -1);
    return channelsLast(
      convolutionInputGradient(dy, call.input('weight'), spatial, geometryOf(call)),
    );
  });
  kernel('VoxmimConv3dWeightGrad', (call) => {
    const dy = channelsFirst(call.input('dy'), false);
    const x = channelsFirst(call.input('x'), false);
    return convolutionWeightGradient(dy, x, call.numbers('weightShape'), geometryOf(call));
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
