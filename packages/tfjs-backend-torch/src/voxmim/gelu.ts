import { kernel } from '../kernels/register.js';

/** Registers the exact GELU, x Φ(x), and its gradient. */
export function registerGeluKernels(): void {
  kernel('VoxmimGelu', (call) => call.ops.gelu(call.kept('x'), 'none'));
  kernel('VoxmimGeluGrad', (call) => {
    const x = call.kept('x');
    const { types } = call.backend;
    const dy = types.is(x, 'bfloat16') ? call.lowered('dy') : call.input('dy');
    return call.ops.geluBackward(dy, x, 'none');
  });
}
