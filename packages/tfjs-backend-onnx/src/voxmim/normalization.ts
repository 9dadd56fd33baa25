import { multiply, shift, subtract, unary } from '../graph/arithmetic.js';
import { constant, record, recordMany } from '../graph/recorder.js';
import { reduce } from '../graph/reduction.js';
import type { Value } from '../graph/value.js';
import { channelsFirst, channelsLast } from '../kernels/convolution.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';
import { square } from '../kernels/unary.js';
import { Companions } from './companions.js';

interface Moments {
  readonly mean: Value;
  /** Reciprocal of the standard deviation. */
  readonly scale: Value;
}

const layerMoments = new Companions<Moments>();
const instanceMoments = new Companions<Moments>();

/** Registers layer normalization, instance normalization and their gradients. */
export function registerNormalizationKernels(): void {
  kernel('VoxmimLayerNorm', layerNorm);
  kernel('VoxmimLayerNormGrad', layerNormGradient);
  kernel('VoxmimInstanceNorm', (call) => {
    const x = channelsFirst(call.input('x'), false);
    const channels = x.shape[1] ?? 1;
    const ones = constant('float32', [channels], new Float32Array(channels).fill(1));
    const zeros = constant('float32', [channels], new Float32Array(channels));
    const epsilon = { float: call.number('epsilon') };
    return channelsLast(record('InstanceNormalization', [x, ones, zeros], x, { epsilon }));
  });
  kernel('VoxmimInstanceNormGrad', (call) => {
    const x = channelsFirst(call.input('x'), false);
    const dy = channelsFirst(call.input('dy'), false);
    const axes = x.shape.slice(2).map((_, axis) => axis + 2);
    return channelsLast(
      normalizedGradient(dy, x, momentsOf(x, axes, call.number('epsilon')), axes),
    );
  });
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

function normalizedGradient(dy: Value, x: Value, moments: Moments, axes: readonly number[]): Value {
  const normalized = multiply(subtract(x, moments.mean), moments.scale);
  return gradientOfNormalized(dy, normalized, moments.scale, axes);
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
  const key = `${axes.join()}:${epsilon}`;
  const known = instanceMoments.get(x, key);
  if (known) return known;
  const mean = reduce('ReduceMean', x, axes, true);
  const variance = reduce('ReduceMean', square(subtract(x, mean)), axes, true);
  const moments = { mean, scale: unary('Reciprocal', unary('Sqrt', shift(variance, epsilon))) };
  instanceMoments.set(x, key, moments);
  return moments;
}
