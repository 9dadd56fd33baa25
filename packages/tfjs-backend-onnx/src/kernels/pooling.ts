import { backend_util } from '@tensorflow/tfjs-core';
import { convolutionInputGradient, convolve } from '../graph/convolution.js';
import { binary, divide } from '../graph/arithmetic.js';
import { cast, pad, reshape } from '../graph/layout.js';
import { constant, record, recordMany, scalar } from '../graph/recorder.js';
import { sizeOf, type Value } from '../graph/value.js';
import { channelsFirst, channelsLast } from '../graph/channels.js';
import { fillWith } from './creation.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';
import { padding, pair, rounding, triple, tuple4, tuple5 } from './window-attributes.js';

/** A pooling window, per spatial axis. */
interface PoolGeometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly output: readonly number[];
}

/** Registers poolings over two and three axes, and their gradients. */
export function registerPoolingKernels(): void {
  for (const [suffix, geometry] of [
    ['', planeGeometry],
    ['3D', volumeGeometry],
  ] as const) {
    const read = (call: KernelCall, name: string): PoolGeometry =>
      geometry(call, call.info(name).shape);
    kernel(`MaxPool${suffix}`, (call) =>
      pool('MaxPool', call.input('x'), read(call, 'x'), isFirst(call)),
    );
    kernel(`AvgPool${suffix}`, (call) =>
      pool('AveragePool', call.input('x'), read(call, 'x'), isFirst(call)),
    );
    kernel(`MaxPool${suffix}Grad`, (call) => maxPoolGradient(call, read(call, 'input')));
    kernel(`AvgPool${suffix}Grad`, (call) => averagePoolGradient(call, read(call, 'input')));
  }
}

function isFirst(call: KernelCall): boolean {
  return call.text('dataFormat', 'NDHWC').startsWith('NC');
}

function pool(
  operator: 'MaxPool' | 'AveragePool',
  x: Value,
  geometry: PoolGeometry,
  first: boolean,
): Value {
  const input = first ? x : channelsFirst(x);
  // TF.js takes a window of one element for the identity when it gives the input's shape, whatever the padding.
  const same = geometry.output.join() === input.shape.slice(2).join();
  if (same && geometry.kernel.every((extent) => extent === 1)) return x;
  const y = wide(geometry)
    ? paddedPool(operator, input, geometry)
    : window(operator, input, geometry);
  return first ? y : channelsLast(y);
}

function window(operator: 'MaxPool' | 'AveragePool', x: Value, geometry: PoolGeometry): Value {
  const shape = [...x.shape.slice(0, 2), ...geometry.output];
  return record(operator, [x], { dtype: x.dtype, shape }, attributesOf(geometry));
}

/** Padding of a whole window or more, which ONNX Runtime refuses. */
function wide({ kernel: size, before, after }: PoolGeometry): boolean {
  return size.some((extent, axis) => (before[axis] ?? 0) >= extent || (after[axis] ?? 0) >= extent);
}

/** A maximum pools the padded input; an average divides sums over windows by their numbers of real elements. */
function paddedPool(operator: 'MaxPool' | 'AveragePool', x: Value, geometry: PoolGeometry): Value {
  const { kernel: size, before, after, output } = geometry;
  if (operator === 'MaxPool') {
    const none = size.map(() => 0);
    const padded = pad(x, [0, 0, ...before], [0, 0, ...after], -Infinity);
    return window(operator, padded, { ...geometry, before: none, after: none });
  }
  const [batch = 1, channels = 1, ...spatial] = x.shape;
  const weight = constant('float32', [1, 1, ...size], new Float32Array(sizeOf(size)).fill(1));
  const ones = constant('float32', [1, 1, ...spatial], new Float32Array(sizeOf(spatial)).fill(1));
  const convolution = { ...geometry, dilations: size.map(() => 1), groups: 1 };
  const sums = convolve(reshape(x, [batch * channels, 1, ...spatial]), weight, convolution);
  const counts = binary('Max', convolve(ones, weight, convolution), scalar(1));
  const means = divide(sums, counts);
  return reshape(means, [batch, channels, ...output]);
}

function attributesOf(geometry: PoolGeometry): Record<string, readonly number[]> {
  return {
    kernel_shape: geometry.kernel,
    strides: geometry.strides,
    pads: [...geometry.before, ...geometry.after],
  };
}

/** Sends each gradient to the position of its window's first maximum. */
function maxPoolGradient(call: KernelCall, geometry: PoolGeometry): Value {
  const x = channelsFirst(call.input('input'));
  const dy = channelsFirst(call.input('dy'));
  const shape = [...x.shape.slice(0, 2), ...geometry.output];
  const outputs = [
    { dtype: x.dtype, shape },
    { dtype: 'int64' as const, shape },
  ];
  const positions = recordMany('MaxPool', [x], outputs, attributesOf(geometry))[1];
  const zeros = fillWith(call, [x.size], 'float32', 0);
  const flat = record(
    'ScatterElements',
    [zeros, positions && reshape(positions, [sizeOf(shape)]), reshape(dy, [sizeOf(shape)])],
    zeros,
    { axis: 0, reduction: 'add' },
  );
  return channelsLast(reshape(flat, x.shape));
}

/** Spreads each gradient evenly over its window; like TF.js, padding counts in the window's size. */
function averagePoolGradient(call: KernelCall, geometry: PoolGeometry): Value {
  const dy = channelsFirst(call.input('dy'));
  const spatial = call.info('input').shape.slice(1, -1);
  const [batch = 1, channels = 1, ...extents] = dy.shape;
  const share = 1 / sizeOf(geometry.kernel);
  const window = new Float32Array(sizeOf(geometry.kernel)).fill(share);
  const weight = constant('float32', [1, 1, ...geometry.kernel], window);
  const planes = reshape(cast(dy, 'float32'), [batch * channels, 1, ...extents]);
  const ones = geometry.kernel.map(() => 1);
  const dx = convolutionInputGradient(planes, weight, spatial, {
    ...geometry,
    dilations: ones,
    groups: 1,
  });
  return channelsLast(reshape(dx, [batch, channels, ...spatial]));
}

function planeGeometry(call: KernelCall, x: readonly number[]): PoolGeometry {
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

function volumeGeometry(call: KernelCall, x: readonly number[]): PoolGeometry {
  const size = triple(call, 'filterSize');
  const rule: unknown = call.attributes['pad'];
  const info = backend_util.computePool3DInfo(
    tuple5(x),
    size,
    triple(call, 'strides'),
    1,
    rule === 'same' || rule === 'valid' ? rule : call.number('pad'),
    rounding(call),
    isFirst(call) ? 'NCDHW' : 'NDHWC',
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
