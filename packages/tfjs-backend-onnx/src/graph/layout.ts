import { int64s, record, scalar } from './recorder.js';
import { shapeText, sizeOf, type ElementType, type Value } from './value.js';

const ONNX_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

/** The same elements in another shape. */
export function reshape(x: Value, shape: readonly number[]): Value {
  if (shape.length === x.rank && shape.every((extent, axis) => extent === x.shape[axis])) return x;
  return record('Reshape', [x, int64s(shape)], { dtype: x.dtype, shape }, { allowzero: 1 });
}

/** Axes in the order `permutation`; a permutation that moves only axes of extent 1 is a reshape. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  const shape = permutation.map((axis) => x.shape[axis] ?? 1);
  const moved = permutation.filter((axis) => x.shape[axis] !== 1);
  if (moved.every((axis, index) => index === 0 || axis > (moved[index - 1] ?? -1)))
    return reshape(x, shape);
  return record('Transpose', [x], { dtype: x.dtype, shape }, { perm: permutation });
}

/** The last two axes exchanged. */
export function transposeMatrices(x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  const last = axes.pop() ?? 0;
  const beforeLast = axes.pop() ?? 0;
  return transpose(x, [...axes, last, beforeLast]);
}

/** Another element type; to bool means "is not zero". */
export function cast(x: Value, dtype: ElementType): Value {
  if (x.dtype === dtype) return x;
  return record('Cast', [x], { dtype, shape: x.shape }, { to: ONNX_TYPES[dtype] });
}

/** The block that starts at `begin`. */
export function slice(x: Value, begin: readonly number[], size: readonly number[]): Value {
  const axes = x.shape
    .map((_, axis) => axis)
    .filter((axis) => begin[axis] !== 0 || size[axis] !== x.shape[axis]);
  if (axes.length === 0) return x;
  const starts = axes.map((axis) => begin[axis] ?? 0);
  const ends = axes.map((axis) => (begin[axis] ?? 0) + (size[axis] ?? 0));
  return record('Slice', [x, int64s(starts), int64s(ends), int64s(axes)], {
    dtype: x.dtype,
    shape: [...size],
  });
}

/** Every `steps[axis]`-th element from `begin`, `size` of them; negative steps go backwards. */
export function stridedSlice(
  x: Value,
  begin: readonly number[],
  size: readonly number[],
  steps: readonly number[],
): Value {
  if (sizeOf(size) === 0 || steps.every((step) => step === 1)) return slice(x, begin, size);
  const ends = begin.map((start, axis) => {
    const end = start + (size[axis] ?? 0) * (steps[axis] ?? 1);
    return end < 0 ? Number.MIN_SAFE_INTEGER : end;
  });
  const axes = begin.map((_, axis) => axis);
  const inputs = [x, int64s(begin), int64s(ends), int64s(axes), int64s(steps)];
  return record('Slice', inputs, { dtype: x.dtype, shape: [...size] });
}

/** Elements in reverse order along `axes`. */
export function reverse(x: Value, axes: readonly number[]): Value {
  const begin = x.shape.map((extent, axis) => (axes.includes(axis) ? extent - 1 : 0));
  const steps = x.shape.map((_, axis) => (axes.includes(axis) ? -1 : 1));
  return sizeOf(x.shape) === 0 ? x : stridedSlice(x, begin, x.shape, steps);
}

/** Values joined along `axis`. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (first && values.length === 1) return first;
  const rest = (value: Value | undefined): string =>
    value?.shape.filter((_, index) => index !== axis).join() ?? '';
  const odd = values.find((value) => value.rank !== first?.rank || rest(value) !== rest(first));
  if (odd)
    throw new RangeError(
      `shapes ${shapeText(first?.shape ?? [])} and ${shapeText(odd.shape)} do not join along axis ${String(axis)}`,
    );
  const shape = [...(first?.shape ?? [])];
  shape[axis] = values.reduce((sum, value) => sum + (value.shape[axis] ?? 0), 0);
  return record('Concat', values, { dtype: first?.dtype ?? 'float32', shape }, { axis });
}

/** Constant padding; `before` and `after` per axis. */
export function pad(
  x: Value,
  before: readonly number[],
  after: readonly number[],
  value = 0,
): Value {
  if ([...before, ...after].every((amount) => amount === 0)) return x;
  const shape = x.shape.map((extent, axis) => extent + (before[axis] ?? 0) + (after[axis] ?? 0));
  return record('Pad', [x, int64s([...before, ...after]), scalar(value, x.dtype)], {
    dtype: x.dtype,
    shape,
  });
}

/** The value repeated `repeats[axis]` times along each axis. */
export function tile(x: Value, repeats: readonly number[]): Value {
  const shape = x.shape.map((extent, axis) => extent * (repeats[axis] ?? 1));
  return record('Tile', [x, int64s(repeats)], { dtype: x.dtype, shape });
}

/** Broadcast to a larger shape. */
export function expand(x: Value, shape: readonly number[]): Value {
  if (shape.length === x.rank && shape.every((extent, axis) => extent === x.shape[axis])) return x;
  return record('Expand', [x, int64s(shape)], { dtype: x.dtype, shape });
}

/** Entries of `x` along `axis` at `indices` (any shape). */
export function gather(x: Value, indices: Value, axis: number): Value {
  const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
  return record('Gather', [x, indices], { dtype: x.dtype, shape }, { axis });
}
