import type { Tensor } from '../abi/tensor.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers scaled dot-product attention and its gradient. */
export function registerAttentionKernels(): void {
  kernel('VoxmimAttention', (call) => {
    if (!isFused(call)) return composed(call);
    const [out, ...statistics] = fused(call);
    // The result may be freed before its gradient is asked for.
    const alias = call.backend.torch.alias(out);
    call.backend.remember(call.info('q'), companionName(call), [alias, ...statistics]);
    return out;
  });
  kernel('VoxmimAttentionGrad', (call) =>
    isFused(call) ? fusedGradient(call) : composedGradient(call),
  );
}

/** A bias needs a gradient, which the fused forms do not give; CUDA's wants heads of whole vectors. */
function isFused(call: KernelCall): boolean {
  if (call.hasInput('bias')) return false;
  return !call.backend.onCuda || (call.shape('q').at(-1) ?? 0) % 8 === 0;
}

function companionName(call: KernelCall): string {
  const { backend } = call;
  const others = ['k', 'v'].map((name) => backend.identity(call.info(name)));
  return `attention ${others.join()} ${call.number('scale')}`;
}

/** The result, and what the gradient wants: logarithms of sums, on CUDA also the state of a generator. */
function fused(call: KernelCall): readonly [Tensor, ...Tensor[]] {
  const { ops, backend } = call;
  const [q, k, v] = [call.lowered('q'), call.lowered('k'), call.lowered('v')];
  const scale = call.number('scale');
  return backend.onCuda
    ? ops.attentionCuda(q, k, v, null, true, 0, false, scale)
    : ops.attentionCpu(q, k, v, 0, false, null, scale);
}

function fusedGradient(call: KernelCall): Tensor[] {
  const { ops, backend } = call;
  const known = backend.recall(call.info('q'), companionName(call)) ?? fused(call);
  const [out, logarithms, seed, offset] = known;
  if (!out || !logarithms) throw new RangeError('attention has a result and statistics');
  const [dy, q, k, v] = [
    call.lowered('dy'),
    call.lowered('q'),
    call.lowered('k'),
    call.lowered('v'),
  ];
  const scale = call.number('scale');
  if (!seed || !offset) {
    return [...ops.attentionCpuBackward(dy, q, k, v, out, logarithms, 0, false, null, scale)];
  }
  const wanted = [true, true, true, false];
  const none = backend.torch.undefinedTensor();
  return ops
    .attentionCudaBackward(
      dy,
      q,
      k,
      v,
      none,
      out,
      logarithms,
      seed,
      offset,
      0,
      wanted,
      false,
      scale,
    )
    .slice(0, 3);
}

/** softmax(scale q kᵀ + bias) in float32. */
function probabilities(call: KernelCall): Tensor {
  const { ops, backend } = call;
  const product = ops.matmul(call.lowered('q'), ops.transpose(call.lowered('k'), -2, -1));
  const scores = ops.mul(backend.raise(product), backend.scalar(call.number('scale')));
  const shifted = call.hasInput('bias') ? backend.torch.add(scores, call.input('bias'), 1) : scores;
  return ops.softmax(shifted, -1, false);
}

function composed(call: KernelCall): Tensor {
  return call.ops.matmul(lower(call, probabilities(call)), call.lowered('v'));
}

function composedGradient(call: KernelCall): Tensor[] {
  const { ops, backend } = call;
  const p = probabilities(call);
  const dy = call.lowered('dy');
  const dp = backend.raise(ops.matmul(dy, ops.transpose(call.lowered('v'), -2, -1)));
  const dScores = ops.softmaxBackward(dp, p, -1, backend.types.code('float32'));
  const scaled = lower(call, ops.mul(dScores, backend.scalar(call.number('scale'))));
  const gradients = [
    ops.matmul(scaled, call.lowered('k')),
    ops.matmul(ops.transpose(scaled, -2, -1), call.lowered('q')),
    ops.matmul(ops.transpose(lower(call, p), -2, -1), dy),
  ];
  return call.hasInput('bias')
    ? [...gradients, sumTo(call, dScores, call.shape('q'), call.shape('k'), call.shape('bias'))]
    : gradients;
}

function lower(call: KernelCall, x: Tensor): Tensor {
  return call.backend.isLow ? call.backend.cast(x, 'bfloat16') : x;
}

/** Sums what broadcasting had repeated. */
function sumTo(
  call: KernelCall,
  x: Tensor,
  q: readonly number[],
  k: readonly number[],
  shape: readonly number[],
): Tensor {
  const full = [...q.slice(0, -1), k.at(-2) ?? 1];
  const missing = full.length - shape.length;
  const axes = full.flatMap((extent, axis) => {
    const wanted = axis < missing ? 1 : shape[axis - missing];
    return wanted === 1 && extent !== 1 ? [axis] : [];
  });
  const { ops, backend } = call;
  const summed = axes.length > 0 ? ops.sum(x, axes, true, backend.types.code('float32')) : x;
  return ops.reshape(summed, shape);
}
