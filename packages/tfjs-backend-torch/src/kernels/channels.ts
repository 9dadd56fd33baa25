import type { Tensor } from '../abi/tensor.js';
import type { KernelCall } from './kernel-call.js';

/**
 * `[B, ...space, C]` seen as `[B, C, ...space]`: no copy on the processor, whose convolutions are fastest
 * with channels innermost in memory. On CUDA, channels go to the front of memory too.
 */
export function channelsFirst(call: KernelCall, x: Tensor, rank: number): Tensor {
  const order = Array.from({ length: rank }, (_, axis) =>
    axis === 0 ? 0 : axis === 1 ? rank - 1 : axis - 1,
  );
  const turned = call.ops.permute(x, order);
  const { backend } = call;
  return backend.onCuda
    ? call.ops.contiguous(turned, backend.torch.library.constants.contiguous)
    : turned;
}

/** `[B, C, ...space]` seen as `[B, ...space, C]`. */
export function channelsLast(call: KernelCall, x: Tensor, rank: number): Tensor {
  const order = Array.from({ length: rank }, (_, axis) =>
    axis === 0 ? 0 : axis === rank - 1 ? 1 : axis + 1,
  );
  return call.ops.permute(x, order);
}

/** A tensor of `[B, C, ...space]` with undefined numbers, laid out as {@link channelsFirst} gives them. */
export function emptyChannelsFirst(
  call: KernelCall,
  shape: readonly number[],
  dtype: number,
): Tensor {
  const { torch } = call.backend;
  const [batch = 1, channels = 1, ...space] = shape;
  if (call.backend.onCuda) return torch.empty(shape, dtype, call.backend.place);
  const last = torch.empty([batch, ...space, channels], dtype, call.backend.place);
  return channelsFirst(call, last, shape.length);
}
