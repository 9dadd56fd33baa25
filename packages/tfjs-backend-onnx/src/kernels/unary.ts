import {
  binary,
  divide,
  multiply,
  parametric,
  scale,
  shift,
  unary,
  where,
} from '../graph/arithmetic.js';
import { elementwise } from '../graph/channels.js';
import { cast } from '../graph/layout.js';
import { record, scalar } from '../graph/recorder.js';
import type { Value } from '../graph/value.js';
import { kernel } from './register.js';

/** TF.js kernels that are one ONNX operator on `x`. */
const DIRECT: Readonly<Record<string, string>> = {
  Abs: 'Abs',
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Elu: 'Elu',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  Log: 'Log',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Selu: 'Selu',
  Sigmoid: 'Sigmoid',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
};

/** Those that keep integers. */
const EXACT = new Set(['Abs', 'Neg', 'Relu']);

/** Registers the elementwise kernels of one input. */
export function registerUnaryKernels(): void {
  for (const [name, operator] of Object.entries(DIRECT)) {
    kernel(name, (call) =>
      unary(operator, EXACT.has(name) ? call.input('x') : real(call.input('x'))),
    );
  }
  kernel('Round', (call) => {
    const x = call.input('x');
    return x.dtype === 'float32' ? unary('Round', x) : x;
  });
  kernel('Sign', (call) => {
    const x = call.input('x');
    return x.dtype === 'float32'
      ? where(unary('IsNaN', x, 'bool'), scalar(0), unary('Sign', x))
      : unary('Sign', x);
  });
  kernel('Rsqrt', (call) => unary('Reciprocal', unary('Sqrt', real(call.input('x')))));
  kernel('Square', (call) => square(call.input('x')));
  kernel('Expm1', (call) => expm1(real(call.input('x'))));
  kernel('Log1p', (call) => log1p(real(call.input('x'))));
  kernel('LogicalNot', (call) => unary('Not', cast(call.input('x'), 'bool')));
  registerTests();
  registerThresholds();
}

function registerTests(): void {
  kernel('IsNan', (call) =>
    record('IsNaN', [call.input('x')], { dtype: 'bool', shape: call.input('x').shape }),
  );
  kernel('IsInf', (call) => unary('IsInf', call.input('x'), 'bool'));
  kernel('IsFinite', (call) => {
    const x = call.input('x');
    return unary('Not', binary('Or', unary('IsNaN', x, 'bool'), unary('IsInf', x, 'bool'), 'bool'));
  });
}

function registerThresholds(): void {
  kernel('Relu6', (call) => clip(call.input('x'), 0, 6));
  kernel('ClipByValue', (call) =>
    clip(call.input('x'), call.number('clipValueMin'), call.number('clipValueMax')),
  );
  kernel('LeakyRelu', (call) => {
    const x = real(call.input('x'));
    return parametric('LeakyRelu', x, { alpha: { float: call.number('alpha') } });
  });
  kernel('Prelu', (call) => prelu(real(call.input('x')), real(call.input('alpha'))));
  kernel('EluGrad', (call) => {
    const dy = call.input('dy');
    const y = call.input('y');
    return where(binary('GreaterOrEqual', y, scalar(0), 'bool'), dy, multiply(dy, shift(y, 1)));
  });
  kernel('Step', (call) => {
    const x = call.input('x');
    const steps = where(
      binary('Greater', x, scalar(0, x.dtype), 'bool'),
      scalar(1, x.dtype),
      scalar(call.number('alpha', 0), x.dtype),
    );
    return x.dtype === 'float32' ? where(unary('IsNaN', x, 'bool'), x, steps) : steps;
  });
}

/** `x` as real numbers. */
function real(x: Value): Value {
  return cast(x, 'float32');
}

/** `x` times itself. */
export function square(x: Value): Value {
  return multiply(x, x);
}

/** `x` limited to a range. */
export function clip(x: Value, minimum: number, maximum: number): Value {
  if (x.dtype === 'int32') {
    const atLeast = binary('Max', x, scalar(Math.max(Math.ceil(minimum), -(2 ** 31)), 'int32'));
    return binary('Min', atLeast, scalar(Math.min(Math.floor(maximum), 2 ** 31 - 1), 'int32'));
  }
  return elementwise([x], x.shape, ([input], shape) =>
    record('Clip', [input, scalar(minimum, x.dtype), scalar(maximum, x.dtype)], {
      dtype: x.dtype,
      shape,
    }),
  );
}

/** `x` where positive, else `alpha * x`. */
export function prelu(x: Value, alpha: Value): Value {
  return where(binary('Less', x, scalar(0), 'bool'), multiply(alpha, x), x);
}

/** tanh(x/2) (exp(x) + 1): `exp(x) - 1` would lose every digit near zero. */
function expm1(x: Value): Value {
  return multiply(unary('Tanh', scale(x, 0.5)), shift(unary('Exp', x), 1));
}

/** 2 atanh(x / (2 + x)) near zero, where `log(1 + x)` would lose every digit. */
function log1p(x: Value): Value {
  const near = scale(unary('Atanh', divide(x, shift(x, 2))), 2);
  const far = unary('Log', shift(x, 1));
  return where(binary('Less', unary('Abs', x), scalar(0.5), 'bool'), near, far);
}
