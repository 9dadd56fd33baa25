import type { Tensor } from '../abi/tensor.js';
import { emptyChannelsFirst } from './channels.js';
import { innermostFirst } from './arrangement.js';
import type { KernelCall } from './kernel-call.js';

/** How a convolution walks, per spatial axis. */
export interface ConvolutionGeometry {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Zeros before and after each axis; negative numbers crop. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly groups: number;
}

/** What ATen can pad itself: the same amount on both sides. Else the input is padded first. */
interface Padding {
  readonly own: readonly number[];
  readonly pairs: readonly (readonly [number, number])[] | undefined;
}

/** @param x `[B, Cin, ...]` @param weight `[Cout, Cin / groups, ...]` @returns `[B, Cout, ...]` */
export function convolve(
  call: KernelCall,
  x: Tensor,
  weight: Tensor,
  geometry: ConvolutionGeometry,
): Tensor {
  const { strides, dilations, groups } = geometry;
  const { own, pairs } = paddingOf(geometry);
  const none = strides.map(() => 0);
  return call.ops.convolution(
    padded(call, x, pairs),
    weight,
    null,
    strides,
    own,
    dilations,
    false,
    none,
    groups,
  );
}

/** The gradient to the input, whose shape is `[B, Cin, ...]`. */
export function inputGradient(
  call: KernelCall,
  dy: Tensor,
  weight: Tensor,
  shape: readonly number[],
  geometry: ConvolutionGeometry,
): Tensor {
  const { pairs } = paddingOf(geometry);
  const [batch = 1, channels = 1, ...space] = shape;
  const full = space.map((extent, axis) => {
    const [before, after] = pairs?.[axis] ?? [0, 0];
    return extent + before + after;
  });
  const input = emptyChannelsFirst(
    call,
    [batch, channels, ...full],
    call.backend.torch.dtypeOf(dy),
  );
  const [dx] = backward(call, dy, input, weight, geometry, [true, false, false]);
  return padded(
    call,
    dx,
    pairs?.map(([before, after]) => [-before, -after] as const),
  );
}

/** The gradient to the weight, whose shape is `[Cout, Cin / groups, ...]`. */
export function weightGradient(
  call: KernelCall,
  dy: Tensor,
  x: Tensor,
  shape: readonly number[],
  geometry: ConvolutionGeometry,
): Tensor {
  const { torch, place } = call.backend;
  const weight = torch.empty(shape, torch.dtypeOf(dy), place);
  const input = padded(call, x, paddingOf(geometry).pairs);
  return backward(call, dy, input, weight, geometry, [false, true, false])[1];
}

function backward(
  call: KernelCall,
  dy: Tensor,
  x: Tensor,
  weight: Tensor,
  geometry: ConvolutionGeometry,
  wanted: readonly boolean[],
): readonly [Tensor, Tensor, Tensor] {
  const { strides, dilations, groups } = geometry;
  const { own } = paddingOf(geometry);
  const none = strides.map(() => 0);
  return call.ops.convolutionBackward(
    dy,
    x,
    weight,
    null,
    strides,
    own,
    dilations,
    false,
    none,
    groups,
    wanted,
  );
}

function paddingOf({ before, after }: ConvolutionGeometry): Padding {
  const even = before.every((amount, axis) => amount === after[axis] && amount >= 0);
  if (even) return { own: before, pairs: undefined };
  return {
    own: before.map(() => 0),
    pairs: before.map((amount, axis) => [amount, after[axis] ?? 0] as const),
  };
}

function padded(
  call: KernelCall,
  x: Tensor,
  pairs: readonly (readonly [number, number])[] | undefined,
): Tensor {
  return pairs ? call.ops.pad(x, innermostFirst(pairs), 'constant', 0) : x;
}
