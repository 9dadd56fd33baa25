import type { Tensor } from '../abi/tensor.js';
import { channelsFirst, channelsLast } from '../kernels/channels.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers instance normalization and its gradient. */
export function registerInstanceNormKernels(): void {
  kernel('VoxmimInstanceNorm', (call) => {
    const samples = samplesOf(call, call.kept('x')).map((sample) => normalize(call, sample));
    const statistics = samples.flatMap(([, mean, deviation]) => [mean, deviation]);
    call.backend.remember(call.info('x'), companionName(call), statistics);
    return joined(
      call,
      samples.map(([y]) => y),
    );
  });
  kernel('VoxmimInstanceNormGrad', gradient);
}

function companionName(call: KernelCall): string {
  return `instance norm ${call.number('epsilon')}`;
}

/**
 * `[1, C, D, H, W]` each. Batch normalization of one sample is instance normalization, keeps the order of
 * channels in memory, and is faster than group normalization with a group a channel.
 */
function samplesOf(call: KernelCall, x: Tensor): Tensor[] {
  const shape = call.shape('x');
  const batch = shape[0] ?? 1;
  const whole = channelsFirst(call, x, shape.length);
  if (batch === 1) return [whole];
  return Array.from({ length: batch }, (_, at) => call.ops.narrow(whole, 0, at, 1));
}

function joined(call: KernelCall, samples: readonly Tensor[]): Tensor {
  const [only] = samples;
  const whole = only && samples.length === 1 ? only : call.ops.cat(samples, 0);
  return channelsLast(call, whole, call.shape('x').length);
}

function normalize(call: KernelCall, sample: Tensor): readonly [Tensor, Tensor, Tensor] {
  return call.ops.batchNorm(sample, null, null, null, null, true, 0, call.number('epsilon'));
}

function gradient(call: KernelCall): Tensor {
  const { ops, backend } = call;
  const x = call.kept('x');
  const dy = backend.types.is(x, 'bfloat16') ? call.lowered('dy') : call.input('dy');
  const samples = samplesOf(call, x);
  const known =
    backend.recall(call.info('x'), companionName(call)) ??
    samples.flatMap((sample) => normalize(call, sample).slice(1));
  const gradients = samplesOf(call, dy).map((part, at) => {
    const [sample, mean, deviation] = [samples[at], known[2 * at], known[2 * at + 1]];
    if (!sample || !mean || !deviation) throw new RangeError('a sample has two statistics');
    const wanted = [true, false, false];
    const epsilon = call.number('epsilon');
    return ops.batchNormBackward(
      part,
      sample,
      null,
      null,
      null,
      mean,
      deviation,
      true,
      epsilon,
      wanted,
    )[0];
  });
  return joined(call, gradients);
}
