import { selectUpdates } from './select-updates.js';
import type { Attribute, TraceNode, Value } from './value.js';

/** A closed part of a trace, ready to be encoded or run by any executor. */
export interface Plan {
  /** Equal keys mean equal structure: the same executable serves both. */
  readonly key: string;
  /** Stored values, in feeding order. */
  readonly inputs: readonly Value[];
  /** In topological order. */
  readonly nodes: readonly TraceNode[];
  readonly constants: readonly Value[];
  /** What the nodes compute for use outside: wanted outputs, and gradients that updates need. */
  readonly outputs: readonly Value[];
  /** Operations of the device that follow, all of whose outputs are wanted. */
  readonly updates: readonly TraceNode[];
  /** The name of every value of the plan. */
  readonly names: ReadonlyMap<Value, string>;
}

/** What {@link planTrace} may use. */
export interface PlanOptions {
  /** Whether the executor carries out the device's operations; otherwise they are expanded. */
  readonly deviceUpdates?: boolean;
}

/**
 * Plans what `outputs` need. Every output must be pending: stored values have nothing to compute.
 * Work that no output needs is not in the plan.
 */
export function planTrace(
  outputs: readonly Value[],
  { deviceUpdates = false }: PlanOptions = {},
): Plan {
  const selection = selectUpdates(outputs, deviceUpdates);
  const naming = new Naming(selection.resolve);
  const parts: string[] = [];
  for (const node of selection.nodes) {
    const inputs = node.inputs.map((input) => (input ? naming.nameInput(input) : ''));
    for (const output of node.outputs) naming.nameResult(output);
    parts.push(nodeKey(node, inputs));
  }
  const results = selection.results.map((output) => naming.nameInput(output));
  return {
    key: [...naming.headers, ...parts, results.join()].join(';'),
    inputs: naming.inputs,
    nodes: selection.nodes,
    constants: naming.constants,
    outputs: selection.results,
    updates: selection.updates,
    names: naming.names,
  };
}

class Naming {
  readonly names = new Map<Value, string>();
  readonly inputs: Value[] = [];
  readonly constants: Value[] = [];
  readonly headers: string[] = [];
  readonly #resolve: (value: Value) => Value;
  #results = 0;

  constructor(resolve: (value: Value) => Value) {
    this.#resolve = resolve;
  }

  nameInput(value: Value): string {
    const known = this.names.get(value);
    if (known !== undefined) return known;
    const resolved = this.#resolve(value);
    const name =
      this.names.get(resolved) ??
      (resolved.constant ? this.#nameConstant(resolved) : this.#nameStored(resolved));
    this.names.set(value, name);
    return name;
  }

  nameResult(value: Value): void {
    this.names.set(value, `t${this.#results++}`);
  }

  #nameStored(value: Value): string {
    const name = `i${this.inputs.length}`;
    this.inputs.push(value);
    this.headers.push(`${name}:${value.dtype}[${value.shape.join()}]`);
    this.names.set(value, name);
    return name;
  }

  #nameConstant(value: Value): string {
    const name = `c${this.constants.length}`;
    this.constants.push(value);
    this.headers.push(
      `${name}:${value.dtype}[${value.shape.join()}]=${value.constant?.join() ?? ''}`,
    );
    this.names.set(value, name);
    return name;
  }
}

function nodeKey(node: TraceNode, inputs: readonly string[]): string {
  const shapes = node.outputs.map((output) => `${output.dtype}[${output.shape.join()}]`).join('|');
  return `${node.operator}(${inputs.join()})${attributesKey(node.attributes)}${shapes}`;
}

function attributesKey(attributes: Readonly<Record<string, Attribute>>): string {
  let key = '';
  for (const name in attributes) key += `${name}=${JSON.stringify(attributes[name])},`;
  return key;
}
