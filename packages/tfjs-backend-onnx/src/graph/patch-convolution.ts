import { reshape, transpose } from './layout.js';
import { matMul } from './product.js';
import { sizeOf, type Value } from './value.js';
import type { ConvolutionGeometry } from './convolution.js';

/**
 * Whether a convolution's windows tile its input without overlap or padding, as a patch embedding's do. Then
 * it is a matrix product over patches, channels last on both sides.
 */
export function tilesInput(
  spatial: readonly number[],
  kernel: readonly number[],
  { strides, before, after, groups }: ConvolutionGeometry,
): boolean {
  const unpadded = [...before, ...after].every((amount) => amount === 0);
  const tiled = spatial.every((extent, axis) => {
    return strides[axis] === kernel[axis] && extent % (kernel[axis] ?? 1) === 0;
  });
  return groups === 1 && unpadded && tiled;
}

/** Convolution of `x` `[B, ...spatial, I]` with `weight` `[O, I, ...kernel]`: `[B, ...grid, O]`. */
export function convolvePatches(x: Value, weight: Value): Value {
  const kernel = weight.shape.slice(2);
  const grid = gridOf(x, kernel);
  const rows = toPatches(x, kernel);
  const [outChannels = 1] = weight.shape;
  const columns = reshape(weight, [outChannels, weight.size / outChannels]);
  return reshape(matMul(rows, columns, { transposeB: true }), [
    x.shape[0] ?? 1,
    ...grid,
    outChannels,
  ]);
}

/** Gradient of {@link convolvePatches} with respect to its input. */
export function patchInputGradient(dy: Value, weight: Value): Value {
  const [outChannels = 1, inChannels = 1, ...kernel] = weight.shape;
  const grid = dy.shape.slice(1, -1);
  const batch = dy.shape[0] ?? 1;
  const rows = reshape(dy, [dy.size / outChannels, outChannels]);
  const patches = matMul(rows, reshape(weight, [outChannels, weight.size / outChannels]));
  const open = reshape(patches, [batch, ...grid, inChannels, ...kernel]);
  const order = grid.flatMap((_, axis) => [axis + 1, axis + 2 + grid.length]);
  const spatial = grid.map((extent, axis) => extent * (kernel[axis] ?? 1));
  return reshape(transpose(open, [0, ...order, grid.length + 1]), [batch, ...spatial, inChannels]);
}

/** Gradient of {@link convolvePatches} with respect to its weight. */
export function patchWeightGradient(dy: Value, x: Value, weightShape: readonly number[]): Value {
  const [outChannels = 1] = weightShape;
  const rows = reshape(dy, [dy.size / outChannels, outChannels]);
  return reshape(
    matMul(rows, toPatches(x, weightShape.slice(2)), { transposeA: true }),
    weightShape,
  );
}

/** `[B, ...spatial, I]` as one row per patch, in the order of a weight: `[B * grid, I * kernel]`. */
function toPatches(x: Value, kernel: readonly number[]): Value {
  const grid = gridOf(x, kernel);
  const channels = x.shape.at(-1) ?? 1;
  const batch = x.shape[0] ?? 1;
  const open = reshape(x, [
    batch,
    ...grid.flatMap((extent, axis) => [extent, kernel[axis] ?? 1]),
    channels,
  ]);
  const cells = grid.map((_, axis) => 2 * axis + 1);
  const inside = grid.map((_, axis) => 2 * axis + 2);
  const moved = transpose(open, [0, ...cells, 2 * grid.length + 1, ...inside]);
  return reshape(moved, [batch * sizeOf(grid), channels * sizeOf(kernel)]);
}

function gridOf(x: Value, kernel: readonly number[]): number[] {
  return x.shape.slice(1, -1).map((extent, axis) => extent / (kernel[axis] ?? 1));
}
