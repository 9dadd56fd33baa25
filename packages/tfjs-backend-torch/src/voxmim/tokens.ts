import type { Tensor } from '../abi/tensor.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers the gathering of tokens by id and its gradient. */
export function registerTokenKernels(): void {
  kernel('VoxmimTakeTokens', (call) => {
    const channels = call.shape('x')[2] ?? 1;
    return call.ops.gather(call.kept('x'), 1, spreadIds(call, channels), false);
  });
  kernel('VoxmimPutTokens', (call) => {
    const [batch = 1, , channels = 1] = call.shape('dy');
    const zeros = call.backend.filled([batch, call.number('length'), channels], 0, 'float32');
    return call.ops.scatterAdd(zeros, 1, spreadIds(call, channels), call.input('dy'));
  });
}

/** Ids `[B, K]` repeated for every channel, `[B, K, C]`, without a copy. */
function spreadIds(call: KernelCall, channels: number): Tensor {
  const [batch = 1, kept = 1] = call.shape('ids');
  const ids = call.ops.reshape(call.index('ids'), [batch, kept, 1]);
  return call.ops.expand(ids, [batch, kept, channels], false);
}
