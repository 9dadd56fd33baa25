import { add, multiply, scale, shift, unary } from '../graph/arithmetic.js';
import { record } from '../graph/recorder.js';
import type { Value } from '../graph/value.js';
import type { KernelCall } from '../kernels/kernel-call.js';
import { kernel } from '../kernels/register.js';

/** Registers the exact GELU, x Φ(x), and its gradient. */
export function registerGeluKernels(): void {
  kernel('VoxmimGelu', (call) => record('Gelu', [call.input('x')], call.input('x')));
  kernel('VoxmimGeluGrad', geluGradient);
}

/** dy (Φ(x) + x φ(x)), with z = x/√2: Φ = (1 + erf z)/2 and x φ = z exp(-z²)/√π. */
function geluGradient(call: KernelCall): Value {
  const z = scale(call.input('x'), Math.SQRT1_2);
  const density = unary('Exp', unary('Neg', multiply(z, z)));
  const slope = multiply(scale(z, 2 / Math.sqrt(Math.PI)), density);
  const doubled = shift(add(unary('Erf', z), slope), 1);
  return multiply(scale(doubled, 0.5), call.input('dy'));
}
