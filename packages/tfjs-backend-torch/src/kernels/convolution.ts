import { backend_util } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import { add } from './binary.js';
import { channelsFirst, channelsLast } from './channels.js';
import { convolve, inputGradient, weightGradient, type ConvolutionGeometry } from './convolve.js';
import type { KernelCall } from './kernel-call.js';
import { activate, alongChannels } from './product.js';
import { kernel } from './register.js';
import {
  isChannelsFirst,
  padding,
  pair,
  rounding,
  triple,
  tuple4,
  tuple5,
} from './window-attributes.js';

/** Registers TF.js's convolutions and their gradients. */
export function registerConvolutionKernels(): void {
  registerPlain();
  registerDepthwise();
  registerVolumes();
}

function registerPlain(): void {
  const forward = (call: KernelCall): Tensor => {
    const first = isChannelsFirst(call);
    const info = plainInfo(call, call.shape('x'), call.shape('filter'));
    const y = convolve(call, toFirst(call, 'x', first), plainWeight(call), geometry2D(info));
    return restore(call, y, first, 4);
  };
  kernel('Conv2D', forward);
  kernel('FusedConv2D', (call) => finish(call, forward(call)));
  kernel('Conv2DBackpropInput', (call) => {
    const first = isChannelsFirst(call);
    const info = plainInfo(call, call.numbers('inputShape'), call.shape('filter'));
    const shape = [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
    const dy = cropped(call, toFirst(call, 'dy', first), [info.outHeight, info.outWidth]);
    const dx = inputGradient(call, dy, plainWeight(call), shape, geometry2D(info));
    return restore(call, dx, first, 4);
  });
  kernel('Conv2DBackpropFilter', (call) => {
    const first = isChannelsFirst(call);
    const filterShape = call.numbers('filterShape');
    const info = plainInfo(call, call.shape('x'), filterShape);
    const [height = 1, width = 1, inChannels = 1, outChannels = 1] = filterShape;
    const [x, dy] = [toFirst(call, 'x', first), toFirst(call, 'dy', first)];
    const shape = [outChannels, inChannels, height, width];
    const gradient = weightGradient(call, dy, x, shape, geometry2D(info));
    return call.ops.permute(gradient, [2, 3, 1, 0]);
  });
}

function registerDepthwise(): void {
  const forward = (call: KernelCall): Tensor => {
    const info = depthwiseInfo(call, call.shape('x'), call.shape('filter'));
    const geometry = { ...geometry2D(info), groups: info.inChannels };
    const y = convolve(call, toFirst(call, 'x', false), depthwiseWeight(call), geometry);
    return restore(call, y, false, 4);
  };
  kernel('DepthwiseConv2dNative', forward);
  kernel('FusedDepthwiseConv2D', (call) => finish(call, forward(call)));
  kernel('DepthwiseConv2dNativeBackpropInput', (call) => {
    const info = depthwiseInfo(call, call.numbers('inputShape'), call.shape('filter'));
    const geometry = { ...geometry2D(info), groups: info.inChannels };
    const shape = [info.batchSize, info.inChannels, info.inHeight, info.inWidth];
    const dy = toFirst(call, 'dy', false);
    return restore(call, inputGradient(call, dy, depthwiseWeight(call), shape, geometry), false, 4);
  });
  kernel('DepthwiseConv2dNativeBackpropFilter', (call) => {
    const filterShape = call.numbers('filterShape');
    const [height = 1, width = 1, channels = 1, multiplier = 1] = filterShape;
    const info = depthwiseInfo(call, call.shape('x'), filterShape);
    const [x, dy] = [toFirst(call, 'x', false), toFirst(call, 'dy', false)];
    const geometry = { ...geometry2D(info), groups: channels };
    const gradient = weightGradient(
      call,
      dy,
      x,
      [channels * multiplier, 1, height, width],
      geometry,
    );
    const parts = call.ops.reshape(gradient, [channels, multiplier, height, width]);
    return call.ops.permute(parts, [2, 3, 0, 1]);
  });
}

function registerVolumes(): void {
  kernel('Conv3D', (call) => {
    const info = volumeInfo(call, call.shape('x'), call.shape('filter'));
    const x = toFirst(call, 'x', false);
    return restore(call, convolve(call, x, volumeWeight(call), geometry3D(info)), false, 5);
  });
  kernel('Conv3DBackpropInputV2', (call) => {
    const info = volumeInfo(call, call.numbers('inputShape'), call.shape('filter'));
    const { batchSize, inChannels, inDepth, inHeight, inWidth } = info;
    const shape = [batchSize, inChannels, inDepth, inHeight, inWidth];
    const dy = toFirst(call, 'dy', false);
    const dx = inputGradient(call, dy, volumeWeight(call), shape, geometry3D(info));
    return restore(call, dx, false, 5);
  });
  kernel('Conv3DBackpropFilterV2', (call) => {
    const filterShape = call.numbers('filterShape');
    const [depth = 1, height = 1, width = 1, inChannels = 1, outChannels = 1] = filterShape;
    const info = volumeInfo(call, call.shape('x'), filterShape);
    const [x, dy] = [toFirst(call, 'x', false), toFirst(call, 'dy', false)];
    const shape = [outChannels, inChannels, depth, height, width];
    return call.ops.permute(weightGradient(call, dy, x, shape, geometry3D(info)), [2, 3, 4, 1, 0]);
  });
}

function toFirst(call: KernelCall, name: string, already: boolean): Tensor {
  const x = call.lowered(name);
  return already ? x : channelsFirst(call, x, call.shape(name).length);
}

/** A gradient as large as the output: TF.js lets a transposed convolution name a smaller one than it gives. */
function cropped(call: KernelCall, dy: Tensor, space: readonly number[]): Tensor {
  return space.reduce((tensor, extent, axis) => call.ops.narrow(tensor, axis + 2, 0, extent), dy);
}

function restore(call: KernelCall, y: Tensor, first: boolean, rank: number): Tensor {
  return first ? y : channelsLast(call, y, rank);
}

function finish(call: KernelCall, y: Tensor): Tensor {
  if (!call.hasInput('bias')) return activate(call, y);
  return activate(call, add(call, y, alongChannels(call, 'bias')));
}

function plainWeight(call: KernelCall): Tensor {
  return call.ops.permute(call.lowered('filter'), [3, 2, 0, 1]);
}

function depthwiseWeight(call: KernelCall): Tensor {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = call.shape('filter');
  const turned = call.ops.permute(call.lowered('filter'), [2, 3, 0, 1]);
  return call.ops.reshape(turned, [channels * multiplier, 1, height, width]);
}

function volumeWeight(call: KernelCall): Tensor {
  return call.ops.permute(call.lowered('filter'), [4, 3, 0, 1, 2]);
}

function plainInfo(
  call: KernelCall,
  x: readonly number[],
  filter: readonly number[],
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    tuple4(x),
    tuple4(filter),
    pair(call, 'strides'),
    call.has('dilations') ? pair(call, 'dilations') : 1,
    padding(call),
    rounding(call),
    false,
    backend_util.convertConv2DDataFormat(isChannelsFirst(call) ? 'NCHW' : 'NHWC'),
  );
}

function depthwiseInfo(
  call: KernelCall,
  x: readonly number[],
  filter: readonly number[],
): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    tuple4(x),
    tuple4(filter),
    pair(call, 'strides'),
    call.has('dilations') ? pair(call, 'dilations') : 1,
    padding(call),
    rounding(call),
    true,
  );
}

function volumeInfo(
  call: KernelCall,
  x: readonly number[],
  filter: readonly number[],
): backend_util.Conv3DInfo {
  return backend_util.computeConv3DInfo(
    tuple5(x),
    tuple5(filter),
    triple(call, 'strides'),
    call.has('dilations') ? triple(call, 'dilations') : 1,
    call.text('pad') === 'same' ? 'same' : 'valid',
  );
}

function geometry2D(info: backend_util.Conv2DInfo): ConvolutionGeometry {
  const { padInfo } = info;
  return {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    before: [padInfo.top, padInfo.left],
    after: [padInfo.bottom, padInfo.right],
    groups: 1,
  };
}

function geometry3D(info: backend_util.Conv3DInfo): ConvolutionGeometry {
  const { padInfo } = info;
  return {
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    before: [padInfo.front, padInfo.top, padInfo.left],
    after: [padInfo.back, padInfo.bottom, padInfo.right],
    groups: 1,
  };
}
