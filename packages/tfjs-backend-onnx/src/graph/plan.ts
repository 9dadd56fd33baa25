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
  readonly outputs: readonly Value[];
  /** The name of every value of the plan. */
  readonly names: ReadonlyMap<Value, string>;
}

/**
 * Plans what `outputs` need. Every output must be pending: stored values have nothing to compute.
 * Work that no output needs is not in the plan.
 */
export function planTrace(outputs: readonly Value[]): Plan {
  const nodes = neededNodes(outputs);
  const naming = new Naming();
  const parts: string[] = [];
  for (const node of nodes) {
    const inputs = node.inputs.map((input) => (input ? naming.nameInput(input) : ''));
    for (const output of node.outputs) naming.nameResult(output);
    parts.push(nodeKey(node, inputs));
  }
  const results = outputs.map((output) => naming.names.get(output));
  const key = [...naming.headers, ...parts, results.join()].join(';');
  return {
    key,
    inputs: naming.inputs,
    nodes,
    constants: naming.constants,
    outputs,
    names: naming.names,
  };
}

class Naming {
  readonly names = new Map<Value, string>();
  readonly inputs: Value[] = [];
  readonly constants: Value[] = [];
  readonly headers: string[] = [];
  #results = 0;

  nameInput(value: Value): string {
    return (
      this.names.get(value) ??
      (value.constant ? this.#nameConstant(value) : this.#nameStored(value))
    );
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

function neededNodes(outputs: readonly Value[]): TraceNode[] {
  const needed = new Set<TraceNode>();
  const stack: TraceNode[] = [];
  const visit = (value: Value | undefined): void => {
    if (!value?.isPending || !value.node || needed.has(value.node)) return;
    needed.add(value.node);
    stack.push(value.node);
  };
  outputs.forEach(visit);
  for (let node = stack.pop(); node; node = stack.pop()) node.inputs.forEach(visit);
  return [...needed].sort((a, b) => a.id - b.id);
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
