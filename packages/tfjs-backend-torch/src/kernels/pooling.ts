import type { Tensor } from '../abi/tensor.js';
import { innermostFirst } from './arrangement.js';
import { channelsFirst, channelsLast } from './channels.js';
import type { KernelCall } from './kernel-call.js';
import { planeGeometry, type PoolGeometry, volumeGeometry } from './pool-geometry.js';
import { kernel } from './register.js';
import { isChannelsFirst } from './window-attributes.js';

/** Registers poolings over two and three axes, and their gradients. */
export function registerPoolingKernels(): void {
  for (const [suffix, geometryOf] of [
    ['', planeGeometry],
    ['3D', volumeGeometry],
  ] as const) {
    kernel(`MaxPool${suffix}`, (call) => pool(call, maximum, geometryOf(call, call.shape('x'))));
    kernel(`AvgPool${suffix}`, (call) => pool(call, average, geometryOf(call, call.shape('x'))));
    kernel(`MaxPool${suffix}Grad`, (call) =>
      gradient(call, maximumGradient, geometryOf(call, call.shape('input'))),
    );
    kernel(`AvgPool${suffix}Grad`, (call) =>
      gradient(call, averageGradient, geometryOf(call, call.shape('input'))),
    );
  }
}

type Pool = (call: KernelCall, x: Tensor, geometry: PoolGeometry) => Tensor;
type PoolGradient = (call: KernelCall, dy: Tensor, x: Tensor, geometry: PoolGeometry) => Tensor;

function pool(call: KernelCall, compute: Pool, geometry: PoolGeometry): Tensor {
  const { backend } = call;
  const shape = call.shape('x');
  const first = isChannelsFirst(call);
  const extents = first ? shape.slice(2) : shape.slice(1, -1);
  if (geometry.output.some((extent) => extent <= 0)) return none(call, geometry);
  const one = geometry.kernel.every((extent) => extent === 1);
  // TF.js takes a window of one element for the identity when it gives the input's shape, whatever the padding.
  if (one && geometry.output.join() === extents.join())
    return call.ops.clone(call.input('x'), null);
  const whole = call.info('x').dtype !== 'float32';
  const real = whole ? backend.cast(call.input('x'), 'float32') : call.input('x');
  const y = compute(call, first ? real : channelsFirst(call, real, shape.length), geometry);
  const typed = whole ? backend.cast(y, 'int32') : y;
  return first ? typed : channelsLast(call, typed, shape.length);
}

/** A window larger than the input fits nowhere. */
function none(call: KernelCall, { output }: PoolGeometry): Tensor {
  const [batch = 1, ...rest] = call.shape('x');
  const space = output.map((extent) => Math.max(0, extent));
  const first = isChannelsFirst(call);
  const channels = (first ? rest[0] : rest.at(-1)) ?? 1;
  const shape = first ? [batch, channels, ...space] : [batch, ...space, channels];
  return call.backend.empty(shape, 'float32');
}

function gradient(call: KernelCall, compute: PoolGradient, geometry: PoolGeometry): Tensor {
  const rank = call.shape('input').length;
  const dy = channelsFirst(call, call.input('dy'), rank);
  const x = channelsFirst(call, call.input('input'), rank);
  return channelsLast(call, compute(call, dy, x, geometry), rank);
}

/** Padded or, by -1, cropped. */
function padded(
  call: KernelCall,
  x: Tensor,
  { before, after }: PoolGeometry,
  value: number,
  sign: 1 | -1 = 1,
): Tensor {
  const pairs = before.map((amount, axis) => [sign * amount, sign * (after[axis] ?? 0)] as const);
  return pairs.flat().every((amount) => amount === 0)
    ? x
    : call.ops.pad(x, innermostFirst(pairs), 'constant', value);
}

function isPadded({ before, after }: PoolGeometry): boolean {
  return [...before, ...after].some((amount) => amount !== 0);
}

function maximum(call: KernelCall, x: Tensor, geometry: PoolGeometry): Tensor {
  return maximumAndPlaces(call, comparable(call, x, geometry), geometry)[0];
}

/** Padded with what is never the largest, which NaNs are not either: in TF.js pooling skips them. */
function comparable(call: KernelCall, x: Tensor, geometry: PoolGeometry): Tensor {
  const numbers = call.ops.where(call.ops.eq(x, x), x, call.backend.scalar(-Infinity));
  return padded(call, numbers, geometry, -Infinity);
}

function maximumAndPlaces(
  call: KernelCall,
  x: Tensor,
  { kernel: size, strides }: PoolGeometry,
): readonly [Tensor, Tensor] {
  const operator = size.length === 2 ? call.ops.maxPool2d : call.ops.maxPool3d;
  return operator(x, size, strides, zeros(size), ones(size), false);
}

/** Sends each gradient to the position of its window's first maximum. */
function maximumGradient(call: KernelCall, dy: Tensor, x: Tensor, geometry: PoolGeometry): Tensor {
  const { kernel: size, strides } = geometry;
  const wide = comparable(call, x, geometry);
  const [, places] = maximumAndPlaces(call, wide, geometry);
  const operator = size.length === 2 ? call.ops.maxPool2dBackward : call.ops.maxPool3dBackward;
  const dx = operator(dy, wide, size, strides, zeros(size), ones(size), false, places);
  return padded(call, dx, geometry, 0, -1);
}

/** Sums over windows, divided by how many real elements each has. */
function average(call: KernelCall, x: Tensor, geometry: PoolGeometry): Tensor {
  const { kernel: size, strides } = geometry;
  const operator = size.length === 2 ? call.ops.avgPool2d : call.ops.avgPool3d;
  const means = (of: Tensor) =>
    operator(padded(call, of, geometry, 0), size, strides, zeros(size), false, true, null);
  if (!isPadded(geometry)) return means(x);
  const { backend } = call;
  const [, , ...space] = backend.torch.shapeOf(x);
  const shares = means(backend.filled([1, 1, ...space], 1, 'float32'));
  const safe = call.ops.where(call.ops.eq(shares, backend.scalar(0)), backend.scalar(1), shares);
  return call.ops.div(means(x), safe);
}

/** Spreads each gradient evenly over its window; like TF.js, padding counts in the window's size. */
function averageGradient(call: KernelCall, dy: Tensor, x: Tensor, geometry: PoolGeometry): Tensor {
  const { kernel: size, strides } = geometry;
  const operator = size.length === 2 ? call.ops.avgPool2dBackward : call.ops.avgPool3dBackward;
  const wide = padded(call, x, geometry, 0);
  const real = call.info('dy').dtype === 'float32' ? dy : call.backend.cast(dy, 'float32');
  const dx = operator(real, wide, size, strides, zeros(size), false, true, null);
  return padded(call, dx, geometry, 0, -1);
}

function zeros(size: readonly number[]): number[] {
  return size.map(() => 0);
}

function ones(size: readonly number[]): number[] {
  return size.map(() => 1);
}
