import type { Tensor } from '../abi/tensor.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers layer normalization and its gradient. */
export function registerLayerNormKernels(): void {
  kernel('VoxmimLayerNorm', layerNorm);
  kernel('VoxmimLayerNormGrad', layerNormGradient);
}

function companionName(call: KernelCall): string {
  return `layer norm ${call.number('epsilon')}`;
}

/** Computes in float32. What comes out goes into products, so with bf16 it is handed out lowered. */
function layerNorm(call: KernelCall): Tensor {
  const { ops, backend } = call;
  const channels = call.shape('weight');
  const [y, mean, deviation] = ops.layerNorm(
    call.input('x'),
    channels,
    call.input('weight'),
    call.input('bias'),
    call.number('epsilon'),
  );
  backend.remember(call.info('x'), companionName(call), [mean, deviation]);
  return backend.isLow ? backend.cast(y, 'bfloat16') : y;
}

function layerNormGradient(call: KernelCall): Tensor[] {
  const { ops } = call;
  const [x, weight] = [call.input('x'), call.input('weight')];
  const channels = call.shape('weight');
  const [mean, deviation] =
    call.backend.recall(call.info('x'), companionName(call)) ??
    ops.layerNorm(x, channels, weight, null, call.number('epsilon')).slice(1);
  if (!mean || !deviation) throw new RangeError('layer normalization has two statistics');
  const dy = call.input('dy');
  const all = [true, true, true];
  // Of the bias only its shape is asked for.
  return [...ops.layerNormBackward(dy, x, channels, mean, deviation, weight, weight, all)];
}
