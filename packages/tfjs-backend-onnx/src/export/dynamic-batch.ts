import { OnnxBackendError } from '../error.js';
import { add, multiply } from '../graph/arithmetic.js';
import { concat, slice } from '../graph/layout.js';
import type { Plan } from '../graph/plan.js';
import { int64s, record } from '../graph/recorder.js';
import { shapeText, type TraceNode, type Value } from '../graph/value.js';

/** A number of a traced shape as a function of the batch size: `factor * batch + term`. */
export interface BatchTerm {
  readonly factor: number;
  readonly term: number;
}

/** An example input in the two traces. */
export type InputPair = readonly [Value, Value];

/**
 * What must replace the constants of `plan`, traced with `batch` samples, so that it works for any number:
 * those that differ from `other`, the same function traced with one sample more, become functions of the
 * first axis of the first input.
 *
 * @throws `UNSUPPORTED_EXPORT` where the two traces differ in anything but such numbers.
 */
export function batchReplacements(
  plan: Plan,
  other: Plan,
  batch: number,
  inputs: readonly InputPair[],
): Map<Value, Value> {
  const replacements = new Map<Value, Value>();
  if (plan.nodes.length !== other.nodes.length) {
    throw unsupported('it runs other operators for another batch size');
  }
  plan.nodes.forEach((node, index) => {
    const twin = other.nodes[index];
    if (!twin || twin.operator !== node.operator || attributes(node) !== attributes(twin)) {
      throw unsupported(`${node.kernel} depends on the batch size`);
    }
    node.inputs.forEach((value, position) => {
      const counterpart = twin.inputs[position];
      if (!value || !counterpart || replacements.has(value)) return;
      const replacement = replaced(node, value, counterpart, batch, inputs);
      if (replacement) replacements.set(value, replacement);
    });
  });
  return replacements;
}

/** How a number that was `value` with `batch` samples and `next` with one more depends on the batch size. */
export function batchTerm(value: number, next: number, batch: number): BatchTerm {
  const factor = next - value;
  return { factor, term: value - factor * batch };
}

function replaced(
  node: TraceNode,
  value: Value,
  twin: Value,
  batch: number,
  inputs: readonly InputPair[],
): Value | undefined {
  if (value.node || inputs.some(([one, other]) => one === value && other === twin))
    return undefined;
  if (value === twin || sameNumbers(value, twin)) return undefined;
  const [input] = inputs;
  if (input && value.constant && value.dtype === 'int64' && value.size === twin.size) {
    return computed(numbersOf(value), numbersOf(twin), batch, input[0]);
  }
  const shape = shapeText(value.shape);
  throw unsupported(`${node.kernel} reads a tensor of shape ${shape} made for ${batch} samples`);
}

/** Whether two constants, or two tensors that the function made itself, are the same. */
function sameNumbers(value: Value, twin: Value): boolean {
  const numbers = value.constant ?? value.storage?.host;
  const others = twin.constant ?? twin.storage?.host;
  if (!numbers || !others) return false;
  return shapeText(value.shape) === shapeText(twin.shape) && numbers.join() === others.join();
}

function computed(
  values: readonly number[],
  next: readonly number[],
  batch: number,
  input: Value,
): Value {
  const shape = record('Shape', [input], { dtype: 'int64', shape: [input.rank] });
  const size = slice(shape, [0], [1]);
  const parts = values.map((value, index) => {
    const { factor, term } = batchTerm(value, next[index] ?? value, batch);
    if (factor === 0) return int64s([term]);
    const scaled = factor === 1 ? size : multiply(size, int64s([factor]));
    return term === 0 ? scaled : add(scaled, int64s([term]));
  });
  return concat(parts, 0);
}

function numbersOf(value: Value): number[] {
  return Array.from(value.constant ?? [], Number);
}

function attributes(node: TraceNode): string {
  return JSON.stringify(node.attributes);
}

function unsupported(what: string): OnnxBackendError {
  return new OnnxBackendError(
    'UNSUPPORTED_EXPORT',
    `The function cannot be exported with a dynamic batch: ${what}.`,
    'Export it with dynamicBatch: false.',
  );
}
