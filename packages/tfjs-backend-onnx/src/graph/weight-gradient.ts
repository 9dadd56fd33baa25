import type { ConvolutionGeometry } from './convolution.js';
import { depthwiseWeightGradient, isLargeDepthwise } from './depthwise-weight-gradient.js';
import { concat, pad, reshape, slice, stridedSlice, transpose } from './layout.js';
import { matMul } from './product.js';
import { record } from './recorder.js';
import { reduce } from './reduction.js';
import { sizeOf, type Value } from './value.js';

/** Bytes of shifted copies per product: small enough for a core's caches, large enough to be few. */
const CHUNK_BYTES = 8 * 2 ** 20;
const MAX_CHUNKS = 64;

/** Gradient of a convolution with respect to its weight, of shape `weightShape`; channels first. */
export function convolutionWeightGradient(
  dy: Value,
  x: Value,
  weightShape: readonly number[],
  geometry: ConvolutionGeometry,
): Value {
  const { before, after, strides } = geometry;
  const padded = pad(x, [0, 0, ...before], [0, 0, ...after]);
  if (isLargeDepthwise(weightShape, geometry))
    return depthwiseWeightGradient(dy, padded, weightShape, geometry);
  return strides.every((stride) => stride === 1)
    ? shiftedProducts(dy, padded, weightShape, geometry)
    : tapProducts(dy, padded, weightShape, geometry);
}

/** One product per kernel position, of the output gradient with the inputs that the position met. */
function tapProducts(
  dy: Value,
  padded: Value,
  weightShape: readonly number[],
  { strides, dilations, groups }: ConvolutionGeometry,
): Value {
  const columns = sizeOf(dy.shape.slice(2));
  const gradient = grouped(reshape(dy, [...dy.shape.slice(0, 2), columns]), groups);
  const size = [...padded.shape.slice(0, 2), ...dy.shape.slice(2)];
  const taps = positions(weightShape.slice(2)).map((position) => {
    const begin = position.map((index, axis) => index * (dilations[axis] ?? 1));
    const tap = stridedSlice(padded, [0, 0, ...begin], size, [1, 1, ...strides]);
    const inputs = grouped(reshape(tap, [...padded.shape.slice(0, 2), columns]), groups);
    const product = reduce('ReduceSum', matMul(gradient, inputs, { transposeB: true }), [0], false);
    return reshape(product, [weightShape[0] ?? 1, weightShape[1] ?? 1, 1]);
  });
  return reshape(concat(taps, 2), weightShape);
}

/**
 * With stride one, a kernel position is a shift along the padded volume seen as one axis of length N. The
 * output gradient is laid on the same axis (zeros cancel what wraps around). Shifts along the kernel's last
 * axis are stacked as rows of the inputs, the other shifts as rows of the gradient, so that one product of
 * matrices with many rows gives every kernel position; the axis is cut into chunks that stay in cache.
 */
function shiftedProducts(
  dy: Value,
  padded: Value,
  weightShape: readonly number[],
  { dilations, groups }: ConvolutionGeometry,
): Value {
  const kernel = weightShape.slice(2);
  const spatial = padded.shape.slice(2);
  const length = sizeOf(spatial);
  const steps = spatial.map((_, axis) => sizeOf(spatial.slice(axis + 1)) * (dilations[axis] ?? 1));
  const inner = offsets(kernel.slice(-1), steps.slice(-1));
  const outer = offsets(kernel.slice(0, -1), steps.slice(0, -1));
  const margin = outer.at(-1) ?? 0;
  const reach = inner.at(-1) ?? 0;
  const inputs = grouped(widened(padded, length, 0, reach), groups);
  const gradient = grouped(embedded(dy, spatial, margin), groups);
  const sums = chunks(length, rowsOf(gradient, outer) + rowsOf(inputs, inner)).map(
    ([start, size]) => {
      const left = stacked(
        gradient,
        outer.map((offset) => margin + start - offset),
        size,
      );
      const right = stacked(
        inputs,
        inner.map((offset) => start + offset),
        size,
      );
      return matMul(left, right, { transposeB: true });
    },
  );
  const total = sums.length > 1 && sums[0] ? record('Sum', sums, sums[0]) : sums[0];
  return total
    ? toWeight(reduce('ReduceSum', total, [0], false), weightShape, outer.length, groups)
    : dy;
}

/** `[groups, outer * O, inner * I]`, each product's place, to the weight's layout. */
function toWeight(
  products: Value,
  weightShape: readonly number[],
  outer: number,
  groups: number,
): Value {
  const [outChannels = 1, perGroup = 1] = weightShape;
  const inner = weightShape.at(-1) ?? 1;
  const open = reshape(products, [groups, outer, outChannels / groups, inner, perGroup]);
  return reshape(transpose(open, [0, 2, 4, 1, 3]), weightShape);
}

/** `[B, O, ...extents]` on the padded volume's axis, `margin` zeros in front: `[B, O, margin + N]`. */
function embedded(dy: Value, spatial: readonly number[], margin: number): Value {
  const after = spatial.map((extent, axis) => extent - (dy.shape[axis + 2] ?? 0));
  const rows = pad(
    dy,
    dy.shape.map(() => 0),
    [0, 0, ...after],
  );
  return widened(rows, sizeOf(spatial), margin, 0);
}

function widened(x: Value, length: number, before: number, after: number): Value {
  const flat = reshape(x, [...x.shape.slice(0, 2), length]);
  return pad(flat, [0, 0, before], [0, 0, after]);
}

function grouped(x: Value, groups: number): Value {
  const [batch = 1, channels = 1, length = 1] = x.shape;
  return reshape(x, [batch, groups, channels / groups, length]);
}

/** Windows of the last axis that begin at `starts`, stacked as rows. */
function stacked(x: Value, starts: readonly number[], size: number): Value {
  const shape = [...x.shape.slice(0, -1), size];
  return concat(
    starts.map((start) => slice(x, [0, 0, 0, start], shape)),
    2,
  );
}

function rowsOf(x: Value, shifts: readonly number[]): number {
  return sizeOf(x.shape.slice(0, -1)) * shifts.length;
}

function chunks(length: number, rows: number): [number, number][] {
  const wanted = Math.ceil((length * rows * 4) / CHUNK_BYTES);
  const size = Math.ceil(length / Math.min(MAX_CHUNKS, Math.max(1, wanted)));
  const starts = Array.from({ length: Math.ceil(length / size) }, (_, index) => index * size);
  return starts.map((start) => [start, Math.min(size, length - start)]);
}

function offsets(kernel: readonly number[], steps: readonly number[]): number[] {
  return positions(kernel).map((position) =>
    position.reduce((sum, index, axis) => sum + index * (steps[axis] ?? 1), 0),
  );
}

function positions(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (all, extent) =>
      all.flatMap((position) => Array.from({ length: extent }, (_, index) => [...position, index])),
    [[]],
  );
}
