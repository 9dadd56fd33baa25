import { backend_util } from '@tensorflow/tfjs-core';

import type { KernelCall } from './kernel-call.js';
import {
  isChannelsFirst,
  padding,
  pair,
  rounding,
  triple,
  tuple4,
  tuple5,
} from './window-attributes.js';

/** A pooling window, per spatial axis. */
export interface PoolGeometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly output: readonly number[];
}

/** Of two axes. @param x the input's shape */
export function planeGeometry(call: KernelCall, x: readonly number[]): PoolGeometry {
  const size = pair(call, 'filterSize');
  const info = backend_util.computePool2DInfo(
    tuple4(x),
    size,
    pair(call, 'strides'),
    1,
    padding(call),
    rounding(call),
  );
  return covering({
    kernel: size,
    strides: [info.strideHeight, info.strideWidth],
    before: [info.padInfo.top, info.padInfo.left],
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
  });
}

/** Of three axes. @param x the input's shape */
export function volumeGeometry(call: KernelCall, x: readonly number[]): PoolGeometry {
  const size = triple(call, 'filterSize');
  const rule: unknown = call.attributes['pad'];
  const info = backend_util.computePool3DInfo(
    tuple5(x),
    size,
    triple(call, 'strides'),
    1,
    rule === 'same' || rule === 'valid' ? rule : call.number('pad'),
    rounding(call),
    isChannelsFirst(call) ? 'NCDHW' : 'NDHWC',
  );
  return covering({
    kernel: size,
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    before: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
  });
}

/** Padding behind the input that is just enough for the last window. */
function covering(
  window: Omit<PoolGeometry, 'after'> & { readonly input: readonly number[] },
): PoolGeometry {
  const { kernel: size, strides, before, input, output } = window;
  const after = output.map((extent, axis) => {
    const end = (extent - 1) * (strides[axis] ?? 1) + (size[axis] ?? 1);
    return Math.max(0, end - (input[axis] ?? 0) - (before[axis] ?? 0));
  });
  return { kernel: size, strides, before, after, output };
}
