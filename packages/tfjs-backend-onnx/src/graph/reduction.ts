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
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  if (axes.every((axis) => x.shape[axis] === 1) && operator !== 'ReduceSumSquare')
    return reshape(x, shape);
  return record(
    operator,
    [x, int64s(axes)],
    { dtype: x.dtype, shape },
    { keepdims: keepDims ? 1 : 0 },
  );
}

/** All axes of `x`. */
export function allAxes(x: Value): number[] {
  return x.shape.map((_, axis) => axis);
}
