import { pad, reshape, reverse, slice, transpose } from './layout.js';
import { record } from './recorder.js';
import type { Value } from './value.js';

/** A convolution over the spatial axes of `[B, C, ...spatial]`; weights are `[out, in / groups, ...kernel]`. */
export interface ConvolutionGeometry {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly groups: number;
}

/** Convolves `x` with `weight`, channels first. */
export function convolve(x: Value, weight: Value, geometry: ConvolutionGeometry): Value {
  const spatial = x.shape
    .slice(2)
    .map((extent, axis) => outputExtent(extent, axis, weight, geometry));
  const shape = [x.shape[0] ?? 1, weight.shape[0] ?? 1, ...spatial];
  return record('Conv', [x, weight], { dtype: 'float32', shape }, attributesOf(weight, geometry));
}

/** Gradient of {@link convolve} with respect to its input, whose spatial extents are `spatial`. */
export function convolutionInputGradient(
  dy: Value,
  weight: Value,
  spatial: readonly number[],
  geometry: ConvolutionGeometry,
): Value {
  const { strides, before, groups } = geometry;
  if (strides.every((stride) => stride === 1))
    return flippedConvolution(dy, weight, spatial, geometry);
  // Where the last window ends before the padding does, that much less is cut from the end.
  const trailing = spatial.map((extent, axis) => {
    const span =
      ((dy.shape[axis + 2] ?? 1) - 1) * (strides[axis] ?? 1) + reach(weight, axis, geometry);
    return span - extent - (before[axis] ?? 0);
  });
  const shape = [dy.shape[0] ?? 1, (weight.shape[1] ?? 1) * groups, ...spatial];
  const attributes = attributesOf(weight, { ...geometry, after: trailing });
  const negative = trailing.some((amount) => amount < 0);
  if (!negative)
    return record('ConvTranspose', [dy, weight], { dtype: 'float32', shape }, attributes);
  return uncoveredInputGradient(dy, weight, spatial, { ...geometry, after: trailing });
}

/** With stride one the input gradient is itself a convolution, by the mirrored kernel. */
function flippedConvolution(
  dy: Value,
  weight: Value,
  spatial: readonly number[],
  geometry: ConvolutionGeometry,
): Value {
  const { groups, dilations } = geometry;
  const [outChannels = 1, perGroup = 1, ...kernel] = weight.shape;
  const axes = kernel.map((_, axis) => axis);
  const mirrored = reverse(
    weight,
    axes.map((axis) => axis + 2),
  );
  const open = reshape(mirrored, [groups, outChannels / groups, perGroup, ...kernel]);
  const exchanged = transpose(open, [0, 2, 1, ...axes.map((axis) => axis + 3)]);
  const inverse = reshape(exchanged, [groups * perGroup, outChannels / groups, ...kernel]);
  const before = axes.map(
    (axis) => reach(weight, axis, geometry) - 1 - (geometry.before[axis] ?? 0),
  );
  const after = axes.map(
    (axis) => (spatial[axis] ?? 0) - (dy.shape[axis + 2] ?? 0) + (geometry.before[axis] ?? 0),
  );
  const cut = axes.map((axis) => Math.max(0, -(before[axis] ?? 0)));
  const cutAfter = axes.map((axis) => Math.max(0, -(after[axis] ?? 0)));
  const inner = slice(
    dy,
    [0, 0, ...cut],
    dy.shape.map((extent, axis) =>
      axis < 2 ? extent : extent - (cut[axis - 2] ?? 0) - (cutAfter[axis - 2] ?? 0),
    ),
  );
  return convolve(inner, inverse, {
    groups,
    dilations,
    strides: geometry.strides,
    before: before.map((amount) => Math.max(0, amount)),
    after: after.map((amount) => Math.max(0, amount)),
  });
}

/** Input positions that no window covers get zeros behind the covered ones. */
function uncoveredInputGradient(
  dy: Value,
  weight: Value,
  spatial: readonly number[],
  geometry: ConvolutionGeometry,
): Value {
  const covered = spatial.map((extent, axis) => extent + Math.min(0, geometry.after[axis] ?? 0));
  const missing = spatial.map((extent, axis) => extent - (covered[axis] ?? 0));
  const after = geometry.after.map((amount) => Math.max(0, amount));
  const part = convolutionInputGradient(dy, weight, covered, { ...geometry, after });
  return pad(
    part,
    part.shape.map(() => 0),
    [0, 0, ...missing],
  );
}

function attributesOf(
  weight: Value,
  geometry: ConvolutionGeometry,
): Record<string, number | readonly number[]> {
  return {
    strides: geometry.strides,
    dilations: geometry.dilations,
    pads: [...geometry.before, ...geometry.after],
    group: geometry.groups,
    kernel_shape: weight.shape.slice(2),
  };
}

function outputExtent(
  extent: number,
  axis: number,
  weight: Value,
  geometry: ConvolutionGeometry,
): number {
  const free =
    extent +
    (geometry.before[axis] ?? 0) +
    (geometry.after[axis] ?? 0) -
    reach(weight, axis, geometry);
  return Math.floor(free / (geometry.strides[axis] ?? 1)) + 1;
}

/** How many input positions a kernel spans along an axis. */
export function reach(weight: Value, axis: number, { dilations }: ConvolutionGeometry): number {
  return ((weight.shape[axis + 2] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
}
