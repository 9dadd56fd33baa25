import { Companions } from './companions.js';
import { reshape, transpose } from './layout.js';
import type { Value } from './value.js';

/** Channels-first forms that a value was made from, so that going back to them costs nothing. */
const origins = new Companions<Value>();
/** Channels-first forms that somebody asked for. */
const copies = new Companions<Value>();
const KEY = 'channels first';

/** `[B, ...spatial, C]` to `[B, C, ...spatial]`. */
export function channelsFirst(x: Value): Value {
  const known = origins.get(x, KEY) ?? copies.get(x, KEY);
  if (known) return known;
  const first = transpose(x, [0, x.rank - 1, ...spatialAxes(x)]);
  copies.set(x, KEY, first);
  return first;
}

/** `[B, C, ...spatial]` to `[B, ...spatial, C]`. The transpose is computed only if somebody reads it. */
export function channelsLast(x: Value): Value {
  const last = transpose(x, [0, ...spatialAxes(x).map((axis) => axis + 1), 1]);
  origins.set(last, KEY, x);
  return last;
}

/** Whether a value has a channels-first origin. */
export function comesChannelsFirst(x: Value): boolean {
  return x.rank >= 4 && origins.get(x, KEY) !== undefined;
}

/** The axis of the channels-first form that is `axis` of the channels-last one. */
export function axisChannelsFirst(axis: number, rank: number): number {
  if (axis === 0) return 0;
  return axis === rank - 1 ? 1 : axis + 1;
}

/** Entries per axis, such as a shape, in the order of the channels-first form. */
export function orderChannelsFirst(perAxis: readonly number[]): number[] {
  return [...perAxis.slice(0, 1), ...perAxis.slice(-1), ...perAxis.slice(1, -1)];
}

/**
 * An elementwise operation where its operands already are: channels first when one of them came so, which
 * saves the transposes between two convolutions. `apply` records it on operands of either layout.
 */
export function elementwise(
  operands: readonly Value[],
  shape: readonly number[],
  apply: (operands: readonly Value[], shape: readonly number[]) => Value,
): Value {
  if (!operands.some((operand) => comesChannelsFirst(operand) && sameShape(operand.shape, shape))) {
    return apply(operands, shape);
  }
  const moved = operands.map((operand) => operandChannelsFirst(operand, shape));
  const known = moved.flatMap((operand) => (operand ? [operand] : []));
  if (known.length < operands.length) return apply(operands, shape);
  return channelsLast(apply(known, orderChannelsFirst(shape)));
}

function operandChannelsFirst(operand: Value, shape: readonly number[]): Value | undefined {
  if (operand.rank === shape.length) return channelsFirst(operand);
  if (operand.size === 1) return reshape(operand, []);
  if (operand.rank === 1)
    return reshape(operand, [operand.size, ...shape.slice(1, -1).map(() => 1)]);
  return undefined;
}

function spatialAxes(x: Value): number[] {
  return x.shape.slice(2).map((_, index) => index + 1);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}
