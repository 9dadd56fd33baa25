import { add, binary, divide, multiply, subtract, unary, where } from '../graph/arithmetic.js';
import { cast } from '../graph/layout.js';
import { record, scalar } from '../graph/recorder.js';
import type { Value } from '../graph/value.js';
import { square } from './unary.js';
import { kernel } from './register.js';

const ARITHMETIC = { Add: 'Add', Sub: 'Sub', Multiply: 'Mul', RealDiv: 'Div', Pow: 'Pow' } as const;
const EXTREMES = { Maximum: 'Max', Minimum: 'Min' } as const;
const COMPARISONS = {
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
} as const;
const LOGIC = { LogicalAnd: 'And', LogicalOr: 'Or', LogicalXor: 'Xor' } as const;

/** Registers the elementwise kernels of two inputs. */
export function registerBinaryKernels(): void {
  for (const [name, operator] of Object.entries({ ...ARITHMETIC, ...EXTREMES })) {
    kernel(name, (call) => {
      const a = countable(call.input('a'));
      return binary(operator, a, cast(countable(call.input('b')), a.dtype));
    });
  }
  for (const [name, operator] of Object.entries(COMPARISONS)) {
    kernel(name, (call) => compare(operator, call.input('a'), call.input('b')));
  }
  kernel('NotEqual', (call) => unary('Not', compare('Equal', call.input('a'), call.input('b'))));
  for (const [name, operator] of Object.entries(LOGIC)) {
    kernel(name, (call) =>
      binary(operator, cast(call.input('a'), 'bool'), cast(call.input('b'), 'bool')),
    );
  }
  kernel('BitwiseAnd', (call) => binary('BitwiseAnd', call.input('a'), call.input('b')));
  kernel('SquaredDifference', (call) =>
    square(subtract(countable(call.input('a')), countable(call.input('b')))),
  );
  kernel('FloorDiv', (call) => floorDivide(countable(call.input('a')), countable(call.input('b'))));
  kernel('Mod', (call) => modulo(countable(call.input('a')), countable(call.input('b'))));
  kernel('Atan2', (call) => arcTangent(call.input('a'), call.input('b')));
  kernel('AddN', (call) => {
    const values = call.list();
    const [first] = values;
    if (first?.dtype === 'float32' && values.length > 1) return record('Sum', values, first);
    return values.reduce((sum, value) => add(sum, value));
  });
}

/** Booleans as integers: ONNX has no arithmetic of booleans. */
export function countable(x: Value): Value {
  return x.dtype === 'bool' ? cast(x, 'int32') : x;
}

function compare(operator: string, a: Value, b: Value): Value {
  const left = countable(a);
  return binary(operator, left, cast(countable(b), left.dtype), 'bool');
}

/** Rounds towards minus infinity; ONNX's integer division rounds towards zero. */
function floorDivide(a: Value, b: Value): Value {
  if (a.dtype !== 'int32') return unary('Floor', divide(a, b));
  const quotient = divide(a, b);
  const inexact = unary('Not', binary('Equal', multiply(quotient, b), a, 'bool'));
  const signsDiffer = binary('Xor', negative(a), negative(b), 'bool');
  return subtract(quotient, cast(binary('And', inexact, signsDiffer, 'bool'), 'int32'));
}

/** The remainder with the divisor's sign. */
function modulo(a: Value, b: Value): Value {
  if (a.dtype === 'int32') return binary('Mod', a, b);
  const remainder = remainderOf(a, b);
  const signsDiffer = binary('Xor', negative(a), negative(b), 'bool');
  return where(signsDiffer, remainderOf(add(remainder, b), b), remainder);
}

function remainderOf(a: Value, b: Value): Value {
  return record('Mod', [a, b], binary('Add', a, b), { fmod: 1 });
}

function negative(x: Value): Value {
  return binary('Less', x, scalar(0, x.dtype), 'bool');
}

/** The angle of (x, y): ONNX has only the one-argument arc tangent. */
function arcTangent(y: Value, x: Value): Value {
  const angle = unary('Atan', divide(y, x));
  const turn = where(negative(y), scalar(-Math.PI), scalar(Math.PI));
  const leftHalf = where(negative(x), add(angle, turn), angle);
  const upright = where(
    binary('Equal', y, scalar(0), 'bool'),
    scalar(0),
    where(negative(y), scalar(-Math.PI / 2), scalar(Math.PI / 2)),
  );
  const result = where(binary('Equal', x, scalar(0), 'bool'), upright, leftHalf);
  const undefinedAngle = binary('Or', unary('IsNaN', x, 'bool'), unary('IsNaN', y, 'bool'), 'bool');
  return where(undefinedAngle, add(x, y), result);
}
