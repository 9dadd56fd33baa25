import { multiply, shift, subtract, unary } from '../graph/arithmetic.js';
import { recordMany, scalar } from '../graph/recorder.js';
import { reduce } from '../graph/reduction.js';
import type { Value } from '../graph/value.js';
import { channelsFirst, channelsLast } from '../graph/channels.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';
import { square } from '../kernels/unary.js';
import { Companions } from '../graph/companions.js';

interface Moments {
  readonly mean: Value;
  /** Reciprocal of the standard deviation. */
  readonly scale: Value;
}

interface InstanceStatistics {
  readonly normalized: Value;
  readonly scale: Value;
}

const layerMoments = new Companions<Moments>();
const instanceStatistics = new Companions<InstanceStatistics>();

/** Registers layer normalization, instance normalization and their gradients. */
export function registerNormalizationKernels(): void {
  kernel('VoxmimLayerNorm', layerNorm);
  kernel('VoxmimLayerNormGrad', layerNormGradient);
  kernel('VoxmimInstanceNorm', (call) => {
    const x = channelsFirst(call.input('x'));
    return channelsLast(instanceNorm(x, call.number('epsilon')).normalized);
  });
  kernel('VoxmimInstanceNormGrad', (call) => {
    const x = channelsFirst(call.input('x'));
    const dy = channelsFirst(call.input('dy'));
    const { normalized, scale } = instanceNorm(x, call.number('epsilon'));
    return channelsLast(gradientOfNormalized(dy, normalized, scale, spatialAxes(x)));
  });
}

/** Normalizes `[B, C, ...spatial]` over space; the gradient finds what the forward pass computed. */
function instanceNorm(x: Value, epsilon: number): InstanceStatistics {
  const known = instanceStatistics.get(x, String(epsilon));
  if (known) return known;
  const axes = spatialAxes(x);
  const centred = subtract(x, reduce('ReduceMean', x, axes, true));
  const count = x.size / ((x.shape[0] ?? 1) * (x.shape[1] ?? 1));
  const squares = reduce('ReduceSumSquare', centred, axes, true);
  const variance = multiply(squares, scalar(1 / count));
  const scale = unary('Reciprocal', unary('Sqrt', shift(variance, epsilon)));
  const statistics = { normalized: multiply(centred, scale), scale };
  instanceStatistics.set(x, String(epsilon), statistics);
  return statistics;
}

function spatialAxes(x: Value): number[] {
  return x.shape.slice(2).map((_, axis) => axis + 2);
}

function layerNorm(call: KernelCall): Value {
  const x = call.input('x');
  const epsilon = call.number('epsilon');
  const statistics = { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] };
  const [y, mean, scale] = recordMany(
    'LayerNormalization',
    [x, call.input('weight'), call.input('bias')],
    [x, statistics, statistics],
    { axis: -1, epsilon: { float: epsilon } },
  );
  if (!y || !mean || !scale) throw new RangeError('layer normalization has three outputs');
  layerMoments.set(x, String(epsilon), { mean, scale });
  return y;
}

function layerNormGradient(call: KernelCall): Value[] {
  const x = call.input('x');
  const dy = call.input('dy');
  const epsilon = call.number('epsilon');
  const axes = [x.rank - 1];
  const moments = layerMoments.get(x, String(epsilon)) ?? momentsOf(x, axes, epsilon);
  const normalized = multiply(subtract(x, moments.mean), moments.scale);
  const rows = x.shape.slice(0, -1).map((_, axis) => axis);
  const weighted = multiply(dy, call.input('weight'));
  return [
    gradientOfNormalized(weighted, normalized, moments.scale, axes),
    reduce('ReduceSum', multiply(dy, normalized), rows, false),
    reduce('ReduceSum', dy, rows, false),
  ];
}

/** scale (dy - mean(dy) - n mean(dy n)), the gradient of n = (x - mean(x)) scale. */
function gradientOfNormalized(
  dy: Value,
  normalized: Value,
  scale: Value,
  axes: readonly number[],
): Value {
  const mean = reduce('ReduceMean', dy, axes, true);
  const slope = reduce('ReduceMean', multiply(dy, normalized), axes, true);
  return multiply(subtract(subtract(dy, mean), multiply(normalized, slope)), scale);
}

function momentsOf(x: Value, axes: readonly number[], epsilon: number): Moments {
  const mean = reduce('ReduceMean', x, axes, true);
  const variance = reduce('ReduceMean', square(subtract(x, mean)), axes, true);
  return { mean, scale: unary('Reciprocal', unary('Sqrt', shift(variance, epsilon))) };
}
