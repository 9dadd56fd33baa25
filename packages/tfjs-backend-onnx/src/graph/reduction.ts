import { axisChannelsFirst, channelsFirst, channelsLast, comesChannelsFirst } from './channels.js';
import { int64s, record } from './recorder.js';
import { reshape } from './layout.js';
import type { Value } from './value.js';

/** ONNX's reductions. */
export type Reduction =
  'ReduceSum' | 'ReduceMean' | 'ReduceMax' | 'ReduceMin' | 'ReduceProd' | 'ReduceSumSquare';

/** Reduces `axes`; with `keepDims` they stay with extent 1. */
export function reduce(
  operator: Reduction,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  if (!comesChannelsFirst(x)) return reduceAsIs(operator, x, axes, keepDims);
  const moved = axes.map((axis) => axisChannelsFirst(axis, x.rank));
  if (keepDims) return channelsLast(reduceAsIs(operator, channelsFirst(x), moved, true));
  const left = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const mixed = left.includes(x.rank - 1) && left.some((axis) => axis > 0 && axis < x.rank - 1);
  return reduceAsIs(operator, mixed ? x : channelsFirst(x), mixed ? axes : moved, false);
}

function reduceAsIs(
  operator: Reduction,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  if (axes.every((axis) => x.shape[axis] === 1) && operator !== 'ReduceSumSquare') {
    return reshape(x, shape);
  }
  const attributes = { keepdims: keepDims ? 1 : 0 };
  return record(operator, [x, int64s(axes)], { dtype: x.dtype, shape }, attributes);
}

/** All axes of `x`. */
export function allAxes(x: Value): number[] {
  return x.shape.map((_, axis) => axis);
}
