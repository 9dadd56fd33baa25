import { backend_util } from '@tensorflow/tfjs-core';
import { elementwise } from './channels.js';
import { record, scalar } from './recorder.js';
import type { Attribute, ElementType, Value } from './value.js';

/** An elementwise operator of one input. */
export function unary(operator: string, x: Value, dtype: ElementType = x.dtype): Value {
  return elementwise([x], x.shape, (inputs, shape) => record(operator, inputs, { dtype, shape }));
}

/** An elementwise operator of two inputs, with broadcasting. */
export function binary(operator: string, a: Value, b: Value, dtype: ElementType = a.dtype): Value {
  return elementwise([a, b], broadcastShape(a, b), (inputs, shape) =>
    record(operator, inputs, { dtype, shape }),
  );
}

/** An elementwise operator of one input with attributes. */
export function parametric(
  operator: string,
  x: Value,
  attributes: Readonly<Record<string, Attribute>>,
): Value {
  return elementwise([x], x.shape, (inputs, shape) =>
    record(operator, inputs, { dtype: x.dtype, shape }, attributes),
  );
}

/** The shape two operands broadcast to. */
export function broadcastShape(a: Value, b: Value): number[] {
  return backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
}

export function add(a: Value, b: Value): Value {
  return binary('Add', a, b);
}

export function subtract(a: Value, b: Value): Value {
  return binary('Sub', a, b);
}

export function multiply(a: Value, b: Value): Value {
  return binary('Mul', a, b);
}

export function divide(a: Value, b: Value): Value {
  return binary('Div', a, b);
}

/** `x` times a number that belongs to the op. */
export function scale(x: Value, factor: number): Value {
  return multiply(x, scalar(factor, x.dtype));
}

/** `x` plus a number that belongs to the op. */
export function shift(x: Value, term: number): Value {
  return add(x, scalar(term, x.dtype));
}

/** `a` where `condition` is true, else `b`; all broadcast. */
export function where(condition: Value, a: Value, b: Value): Value {
  const shape = backend_util.assertAndGetBroadcastShape([...condition.shape], broadcastShape(a, b));
  return elementwise([condition, a, b], shape, (inputs, output) =>
    record('Where', inputs, { dtype: a.dtype, shape: output }),
  );
}
