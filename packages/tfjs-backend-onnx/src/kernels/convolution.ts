import { backend_util } from '@tensorflow/tfjs-core';
import { add } from '../graph/arithmetic.js';
import {
  convolutionInputGradient,
  convolve,
  type ConvolutionGeometry,
} from '../graph/convolution.js';
import { convolutionWeightGradient } from '../graph/weight-gradient.js';
import { channelsFirst, channelsLast } from '../graph/channels.js';
import { reshape, slice, transpose } from '../graph/layout.js';
import type { Value } from '../graph/value.js';
import type { KernelCall } from './kernel-call.js';
import { activate, alongChannels } from './product.js';
import { kernel } from './register.js';
import { padding, pair, rounding, triple, tuple4, tuple5 } from './window-attributes.js';

/** Registers TF.js's convolutions and their gradients. */
export function registerConvolutionKernels(): void {
  registerPlain();
  registerDepthwise();
  registerVolumes();
}

function registerPlain(): void {
  const forward = (call: KernelCall, apply: (y: Value) => Value): Value => {
    const first = isFirst(call);
    const info = plainInfo(call, call.info('x').shape, call.info('filter').shape);
    const y = convolve(
      toFirst(call.input('x'), first),
      plainWeight(call.input('filter')),
      geometry2D(info),
    );
    return apply(restore(y, first));
  };
  kernel('Conv2D', (call) => forward(call, (y) => y));
  kernel('FusedConv2D', (call) => forward(call, (y) => finish(call, y)));
  kernel('Conv2DBackpropInput', (call) => {
    const first = isFirst(call);
    const info = plainInfo(call, call.numbers('inputShape'), call.info('filter').shape);
    const dy = cropped(toFirst(call.input('dy'), first), [info.outHeight, info.outWidth]);
    const spatial = [info.inHeight, info.inWidth];
    return restore(
      convolutionInputGradient(dy, plainWeight(call.input('filter')), spatial, geometry2D(info)),
      first,
    );
  });
  kernel('Conv2DBackpropFilter', (call) => {
    const first = isFirst(call);
    const filterShape = call.numbers('filterShape');
    const info = plainInfo(call, call.info('x').shape, filterShape);
    const [height = 1, width = 1, inChannels = 1, outChannels = 1] = filterShape;
    const x = toFirst(call.input('x'), first);
    const dy = toFirst(call.input('dy'), first);
    const shape = [outChannels, inChannels, height, width];
    return transpose(convolutionWeightGradient(dy, x, shape, geometry2D(info)), [2, 3, 1, 0]);
  });
}

function registerDepthwise(): void {
  const forward = (call: KernelCall, apply: (y: Value) => Value): Value => {
    const info = depthwiseInfo(call, call.info('x').shape, call.info('filter').shape);
    const y = convolve(toFirst(call.input('x'), false), depthwiseWeight(call.input('filter')), {
      ...geometry2D(info),
      groups: info.inChannels,
    });
    return apply(restore(y, false));
  };
  kernel('DepthwiseConv2dNative', (call) => forward(call, (y) => y));
  kernel('FusedDepthwiseConv2D', (call) => forward(call, (y) => finish(call, y)));
  kernel('DepthwiseConv2dNativeBackpropInput', (call) => {
    const info = depthwiseInfo(call, call.numbers('inputShape'), call.info('filter').shape);
    const geometry = { ...geometry2D(info), groups: info.inChannels };
    const dy = toFirst(call.input('dy'), false);
    const spatial = [info.inHeight, info.inWidth];
    return restore(
      convolutionInputGradient(dy, depthwiseWeight(call.input('filter')), spatial, geometry),
      false,
    );
  });
  kernel('DepthwiseConv2dNativeBackpropFilter', (call) => {
    const filterShape = call.numbers('filterShape');
    const [height = 1, width = 1, channels = 1, multiplier = 1] = filterShape;
    const info = depthwiseInfo(call, call.info('x').shape, filterShape);
    const x = toFirst(call.input('x'), false);
    const dy = toFirst(call.input('dy'), false);
    const shape = [channels * multiplier, 1, height, width];
    const gradient = convolutionWeightGradient(dy, x, shape, {
      ...geometry2D(info),
      groups: channels,
    });
    return transpose(reshape(gradient, [channels, multiplier, height, width]), [2, 3, 0, 1]);
  });
}

function registerVolumes(): void {
  kernel('Conv3D', (call) => {
    const info = volumeInfo(call, call.info('x').shape, call.info('filter').shape);
    const x = toFirst(call.input('x'), false);
    return restore(convolve(x, volumeWeight(call.input('filter')), geometry3D(info)), false);
  });
  kernel('Conv3DBackpropInputV2', (call) => {
    const info = volumeInfo(call, call.numbers('inputShape'), call.info('filter').shape);
    const dy = toFirst(call.input('dy'), false);
    const spatial = [info.inDepth, info.inHeight, info.inWidth];
    return restore(
      convolutionInputGradient(dy, volumeWeight(call.input('filter')), spatial, geometry3D(info)),
      false,
    );
  });
  kernel('Conv3DBackpropFilterV2', (call) => {
    const filterShape = call.numbers('filterShape');
    const [depth = 1, height = 1, width = 1, inChannels = 1, outChannels = 1] = filterShape;
    const info = volumeInfo(call, call.info('x').shape, filterShape);
    const x = toFirst(call.input('x'), false);
    const dy = toFirst(call.input('dy'), false);
    const shape = [outChannels, inChannels, depth, height, width];
    return transpose(convolutionWeightGradient(dy, x, shape, geometry3D(info)), [2, 3, 4, 1, 0]);
  });
}

function toFirst(x: Value, already: boolean): Value {
  return already ? x : channelsFirst(x);
}

/** A gradient as large as the output: TF.js lets a transposed convolution name a smaller one than it gives. */
function cropped(dy: Value, spatial: readonly number[]): Value {
  return slice(
    dy,
    dy.shape.map(() => 0),
    [...dy.shape.slice(0, 2), ...spatial],
  );
}

function restore(y: Value, first: boolean): Value {
  return first ? y : channelsLast(y);
}

function finish(call: KernelCall, y: Value): Value {
  const bias = call.optional('bias');
  if (!bias) return activate(call, y);
  return activate(call, add(y, alongChannels(call, bias)));
}

function isFirst(call: KernelCall): boolean {
  return call.text('dataFormat', 'NHWC').startsWith('NC');
}

function plainWeight(filter: Value): Value {
  return transpose(filter, [3, 2, 0, 1]);
}

function depthwiseWeight(filter: Value): Value {
  const [height = 1, width = 1, channels = 1, multiplier = 1] = filter.shape;
  return reshape(transpose(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function volumeWeight(filter: Value): Value {
  return transpose(filter, [4, 3, 0, 1, 2]);
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
    backend_util.convertConv2DDataFormat(isFirst(call) ? 'NCHW' : 'NHWC'),
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
