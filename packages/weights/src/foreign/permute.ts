import type { StoredTensor } from '../safetensors/stored-tensor.js';

/**
 * Moves the axes of a tensor seen as `shape`: axis `k` of the result is axis `order[k]` of the input.
 *
 * @returns `undefined` where the tensor has not as many values as `shape`
 */
export function permute(
  { values }: StoredTensor,
  shape: readonly number[],
  order: readonly number[],
): StoredTensor | undefined {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (count !== values.length) return undefined;
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, extent) => product * extent, 1),
  );
  const moved = order.map((axis) => ({ extent: shape[axis] ?? 1, stride: strides[axis] ?? 0 }));
  const result = new Float32Array(count);
  let written = 0;
  const copy = (axis: number, from: number): void => {
    const here = moved[axis];
    if (!here) {
      result[written++] = values[from] ?? NaN;
      return;
    }
    for (let index = 0; index < here.extent; index++) copy(axis + 1, from + index * here.stride);
  };
  copy(0, 0);
  return { shape: moved.map(({ extent }) => extent), values: result };
}
