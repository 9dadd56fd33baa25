import type { Tensor } from '../abi/tensor.js';
import type { Operators } from '../ops/operators.js';
import type { KernelCall } from './kernel-call.js';
import { kernel } from './register.js';

type UnaryName = {
  [Name in keyof Operators]: Operators[Name] extends (x: Tensor) => Tensor ? Name : never;
}[keyof Operators];

/** TF.js kernels of real numbers that are one operator on `x`. */
const REAL = {
  Acos: 'acos',
  Acosh: 'acosh',
  Asin: 'asin',
  Asinh: 'asinh',
  Atan: 'atan',
  Atanh: 'atanh',
  Ceil: 'ceil',
  Cos: 'cos',
  Cosh: 'cosh',
  Erf: 'erf',
  Exp: 'exp',
  Expm1: 'expm1',
  Floor: 'floor',
  Log: 'log',
  Log1p: 'log1p',
  Reciprocal: 'reciprocal',
  Rsqrt: 'rsqrt',
  Sigmoid: 'sigmoid',
  Sin: 'sin',
  Sinh: 'sinh',
  Sqrt: 'sqrt',
  Tan: 'tan',
  Tanh: 'tanh',
} as const satisfies Record<string, UnaryName>;

/** Those that keep integers, and bfloat16. */
const EXACT = { Abs: 'abs', Neg: 'neg', Relu: 'relu' } as const satisfies Record<string, UnaryName>;

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** Registers the elementwise kernels of one input. */
export function registerUnaryKernels(): void {
  for (const [name, operator] of Object.entries(REAL)) {
    kernel(name, (call) => call.ops[operator](real(call, 'x')));
  }
  for (const [name, operator] of Object.entries(EXACT)) {
    kernel(name, (call) => call.ops[operator](countable(call, call.kept('x'))));
  }
  kernel('Round', (call) => call.ops.round(call.input('x')));
  kernel('Sign', (call) => {
    const signs = call.ops.sign(countable(call, call.input('x')));
    if (call.info('x').dtype !== 'float32') return signs;
    return call.ops.where(call.ops.eq(signs, signs), signs, call.backend.scalar(0));
  });
  kernel('Square', (call) => {
    const x = countable(call, call.kept('x'));
    return call.ops.mul(x, x);
  });
  kernel('LogicalNot', (call) => call.ops.logicalNot(call.input('x')));
  kernel('IsNan', (call) => call.ops.isnan(call.input('x')));
  kernel('IsInf', (call) => call.ops.isinf(call.input('x')));
  kernel('IsFinite', (call) => call.ops.isfinite(call.input('x')));
  registerThresholds();
}

function registerThresholds(): void {
  kernel('Relu6', (call) => clip(call, countable(call, call.input('x')), 0, 6));
  kernel('ClipByValue', (call) =>
    clip(call, call.input('x'), call.number('clipValueMin'), call.number('clipValueMax')),
  );
  kernel('Elu', (call) => elu(call, real(call, 'x')));
  kernel('Selu', (call) => {
    const x = real(call, 'x');
    const negative = call.ops.mul(call.ops.expm1(x), call.backend.scalar(SELU_SCALE * SELU_ALPHA));
    const positive = call.ops.mul(x, call.backend.scalar(SELU_SCALE));
    return call.ops.where(isPositive(call, x), positive, negative);
  });
  kernel('Softplus', (call) => {
    const x = real(call, 'x');
    const { ops } = call;
    const tail = ops.log1p(ops.exp(ops.neg(ops.abs(x))));
    return call.backend.torch.add(ops.relu(x), tail, 1);
  });
  kernel('LeakyRelu', (call) => leakyRelu(call, real(call, 'x'), call.number('alpha')));
  kernel('Prelu', (call) => prelu(call, real(call, 'x'), real(call, 'alpha')));
  kernel('EluGrad', (call) => {
    const [dy, y] = [call.input('dy'), call.input('y')];
    const slope = call.backend.torch.add(y, call.backend.scalar(1), 1);
    return call.ops.where(isPositive(call, y), dy, call.ops.mul(dy, slope));
  });
  kernel('Step', (call) => {
    const x = countable(call, call.input('x'));
    const type = call.info('x').dtype === 'float32' ? 'float32' : 'int32';
    const low = call.backend.scalar(call.number('alpha', 0), type);
    const steps = call.ops.where(
      call.ops.gt(x, call.backend.scalar(0, type)),
      call.backend.scalar(1, type),
      low,
    );
    return type === 'float32' ? call.ops.where(call.ops.isnan(x), x, steps) : steps;
  });
}

/** An input as real numbers. */
export function real(call: KernelCall, name: string): Tensor {
  const x = call.input(name);
  return call.info(name).dtype === 'float32' ? x : call.backend.cast(x, 'float32');
}

/** Booleans as integers. */
export function countable(call: KernelCall, x: Tensor): Tensor {
  return call.backend.types.is(x, 'bool') ? call.backend.cast(x, 'int32') : x;
}

/** `x` limited to a range. */
export function clip(call: KernelCall, x: Tensor, minimum: number, maximum: number): Tensor {
  const { backend, ops } = call;
  if (!backend.types.is(x, 'int32'))
    return ops.clamp(x, backend.scalar(minimum), backend.scalar(maximum));
  const low = backend.scalar(Math.max(Math.ceil(minimum), -(2 ** 31)), 'int32');
  const high = backend.scalar(Math.min(Math.floor(maximum), 2 ** 31 - 1), 'int32');
  return ops.clamp(x, low, high);
}

/** `x` where positive, else `exp(x) - 1`. */
export function elu(call: KernelCall, x: Tensor): Tensor {
  return call.ops.where(isPositive(call, x), x, call.ops.expm1(x));
}

/** `x` where positive, else `alpha * x`. */
export function prelu(call: KernelCall, x: Tensor, alpha: Tensor): Tensor {
  const below = call.ops.lt(x, call.backend.scalar(0));
  return call.ops.where(below, call.ops.mul(alpha, x), x);
}

/** {@link prelu} with one number. */
export function leakyRelu(call: KernelCall, x: Tensor, alpha: number): Tensor {
  return prelu(call, x, call.backend.scalar(alpha));
}

function isPositive(call: KernelCall, x: Tensor): Tensor {
  return call.ops.ge(x, call.backend.scalar(0));
}
