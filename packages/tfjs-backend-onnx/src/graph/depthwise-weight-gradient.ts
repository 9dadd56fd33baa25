import type { ConvolutionGeometry } from './convolution.js';
import { concat, pad, reshape, slice, stridedSlice, transpose } from './layout.js';
import { matMul } from './product.js';
import { reduce } from './reduction.js';
import { sizeOf, type Value } from './value.js';

/** Planes of the output gradient at a time: with more, a smaller part of each product is used. */
const PLANES = 24;

/**
 * Whether {@link depthwiseWeightGradient} is the form: three axes, stride one, one input channel per group, and
 * more taps than 3³, for which general shifts are as quick and copy less.
 */
export function isLargeDepthwise(
  weightShape: readonly number[],
  { strides }: ConvolutionGeometry,
): boolean {
  const [, perGroup, ...kernel] = weightShape;
  const steps = strides.every((stride) => stride === 1);
  return perGroup === 1 && kernel.length === 3 && sizeOf(kernel) > 27 && steps;
}

/**
 * Weight gradient of a depthwise convolution. A channel by itself is no matrix, so its planes become one: those
 * of the output gradient, under each shift along the kernel's second axis, are rows; those of the padded input,
 * under each shift along the third, are columns. A product then has the sum over a plane for every pair of
 * planes and of shifts, and a shift along the first axis is a diagonal of it. What is copied is as many times
 * the data as the kernel is long, not as it has taps.
 *
 * @param dy - `[B, O, D, H, W]`
 * @param padded - `[B, C, D', H', W']`, the input with its padding.
 */
export function depthwiseWeightGradient(
  dy: Value,
  padded: Value,
  weightShape: readonly number[],
  { dilations: [depthStep = 1, heightStep = 1, widthStep = 1] }: ConvolutionGeometry,
): Value {
  const [, , depthTaps = 1, heightTaps = 1, widthTaps = 1] = weightShape;
  const [, channels = 1] = padded.shape;
  const depth = dy.shape[2] ?? 1;
  const width = dy.shape[4] ?? 1;
  const parts = Array.from({ length: Math.ceil(depth / PLANES) }, (_, index) => {
    const start = index * PLANES;
    const count = Math.min(PLANES, depth - start);
    const met = count + (depthTaps - 1) * depthStep;
    const rows = shiftedGradient(planes(dy, start, count), channels, heightTaps, heightStep);
    const columns = shiftedInput(planes(padded, start, met), width, widthTaps, widthStep);
    return diagonals(pairSums(rows, columns), depthTaps, depthStep);
  });
  const open = concat(parts, 0);
  const [, ...shifts] = open.shape;
  const perChannel = reshape(open, [(open.shape[0] ?? 1) / channels, channels, ...shifts]);
  const sum = reduce('ReduceSum', perChannel, [0], false);
  const multiplier = (weightShape[0] ?? 1) / channels;
  const taps = reshape(sum, [channels, heightTaps, multiplier, widthTaps, depthTaps]);
  return reshape(transpose(taps, [0, 2, 4, 1, 3]), weightShape);
}

/** The output gradient as `[B C, D, taps O/C, H' W]`, lower by a step for each tap. */
function shiftedGradient(dy: Value, channels: number, taps: number, step: number): Value {
  const [batch = 1, outChannels = 1, depth = 1, height = 1, width = 1] = dy.shape;
  const multiplier = outChannels / channels;
  const open = reshape(dy, [batch * channels, multiplier, depth, height, width]);
  const byPlane = transpose(open, [0, 2, 1, 3, 4]);
  const reach = (taps - 1) * step;
  const flat = [batch * channels, depth, multiplier, (height + reach) * width];
  const shifted = Array.from({ length: taps }, (_, tap) =>
    reshape(pad(byPlane, [0, 0, 0, tap * step, 0], [0, 0, 0, reach - tap * step, 0]), flat),
  );
  return concat(shifted, 2);
}

/** The input as `[B C, D', taps, H' W]`, `width` voxels of each row, a step further for each tap. */
function shiftedInput(padded: Value, width: number, taps: number, step: number): Value {
  const [batch = 1, channels = 1, depth = 1, height = 1, fullWidth = 1] = padded.shape;
  const open = reshape(padded, [batch * channels, depth, height, fullWidth]);
  const shifted = Array.from({ length: taps }, (_, tap) => {
    const rows = slice(open, [0, 0, 0, tap * step], [batch * channels, depth, height, width]);
    return reshape(rows, [batch * channels, depth, 1, height * width]);
  });
  return concat(shifted, 2);
}

function planes(x: Value, start: number, count: number): Value {
  const [batch = 1, channels = 1, , ...plane] = x.shape;
  return slice(x, [0, 0, start, 0, 0], [batch, channels, count, ...plane]);
}

/** Products of `[N, P, R, K]` with `[N, Q, S, K]` over K: `[N, R, S, P, Q]`. */
function pairSums(a: Value, b: Value): Value {
  const [count = 1, aPlanes = 1, aRows = 1, length = 1] = a.shape;
  const [, bPlanes = 1, bRows = 1] = b.shape;
  const product = matMul(
    reshape(a, [count, aPlanes * aRows, length]),
    reshape(b, [count, bPlanes * bRows, length]),
    { transposeB: true },
  );
  const open = reshape(product, [count, aPlanes, aRows, bPlanes, bRows]);
  return transpose(open, [0, 2, 4, 1, 3]);
}

/**
 * Sums over p of the entries `(p, p + tap * step)` of the last two axes, of extents P and Q. With P zeros behind
 * them, the same numbers in rows of length Q + 1 have each diagonal in a column.
 */
function diagonals(pairs: Value, taps: number, step: number): Value {
  const [count = 1, aRows = 1, bRows = 1, aPlanes = 1, bPlanes = 1] = pairs.shape;
  const flat = reshape(pairs, [count, aRows, bRows, aPlanes * bPlanes]);
  const longer = pad(flat, [0, 0, 0, 0], [0, 0, 0, aPlanes]);
  const skewed = reshape(longer, [count, aRows, bRows, aPlanes, bPlanes + 1]);
  const sums = reduce('ReduceSum', skewed, [3], false);
  return stridedSlice(sums, [0, 0, 0, 0], [count, aRows, bRows, taps], [1, 1, 1, step]);
}
