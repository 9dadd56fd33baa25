import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { nativeKernel } from '../kernels/register.js';

/** Registers the AdamW update of any number of parameters at once. */
export function registerAdamWKernel(): void {
  nativeKernel('VoxmimAdamWInPlace', adamW);
}

const ROLES = ['param', 'firstMoment', 'secondMoment'] as const;

/**
 * Changes parameters and moments where they are and returns nothing, if nobody else holds them; else
 * computes on copies and returns all of them, parameters first. The operator walks all tensors by their
 * places in memory, so all must lie in the order of their axes, which gradients of convolutions do not.
 */
function adamW(call: KernelCall): TensorInfo[] {
  const count = call.number('count');
  const infos = ROLES.map((role) => numbered(call, role, count));
  const { backend, ops } = call;
  const { contiguous } = backend.torch.library.constants;
  const inPlace = infos
    .flat()
    .every((info) => backend.isExclusive(info) && backend.torch.isContiguous(backend.raw(info)));
  const [params = [], first = [], second = []] = infos.map((list) =>
    list.map((info) => (inPlace ? backend.raw(info) : ops.clone(backend.raw(info), contiguous))),
  );
  const { gradients, divisor } = gradientsOf(call, numbered(call, 'grad', count));
  const step = backend.filled([], call.number('step'), 'float32');
  ops.fusedAdamW(
    params,
    gradients,
    first,
    second,
    [],
    params.map(() => step),
    call.number('learningRate'),
    call.number('beta1'),
    call.number('beta2'),
    call.number('weightDecay'),
    call.number('epsilon'),
    false,
    false,
    divisor,
    null,
  );
  if (!inPlace) return [params, first, second].flat().map((tensor) => backend.hold(tensor));
  for (const info of infos.flat()) backend.changed(info);
  return [];
}

function numbered(call: KernelCall, role: string, count: number): TensorInfo[] {
  return Array.from({ length: count }, (_, index) => call.info(`${role}${index}`));
}

interface Gradients {
  readonly gradients: Tensor[];
  /** What they are still to be divided by, which writes into them; a scalar of the device. */
  readonly divisor: Tensor | null;
}

/** Averaged and clipped by a number of the device that nobody has read. */
function gradientsOf(call: KernelCall, infos: readonly TensorInfo[]): Gradients {
  const { backend, ops } = call;
  const { contiguous } = backend.torch.library.constants;
  const gradients = infos.map((info) => ops.contiguous(backend.full(info), contiguous));
  const scale = call.number('gradientScale');
  if (!call.hasInput('clip') && scale === 1) return { gradients, divisor: null };
  const factor = call.hasInput('clip')
    ? ops.mul(call.raw('clip'), backend.scalar(scale))
    : backend.scalar(scale);
  const alone = infos.every((info) => backend.isExclusive(info));
  if (alone) return { gradients, divisor: backend.onDevice(ops.reciprocal(factor)) };
  return { gradients: gradients.map((gradient) => ops.mul(gradient, factor)), divisor: null };
}
