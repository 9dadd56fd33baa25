import type { TraceNode, Value } from './value.js';

/** Which operations of the device a plan uses, and what is left for the graph. */
export interface Selection {
  readonly updates: readonly TraceNode[];
  /** The graph's nodes, in topological order. */
  readonly nodes: readonly TraceNode[];
  /** The values that the graph must give out. */
  readonly results: readonly Value[];
  /** The value that stands for another one in the graph. */
  readonly resolve: (value: Value) => Value;
}

/**
 * An operation of the device follows the graph, so it can be used only if nothing in the graph reads its
 * results, and if what it updates is memory, not part of the trace. The others are expanded.
 */
export function selectUpdates(outputs: readonly Value[], allowed: boolean): Selection {
  const accepted = new Set(allowed ? candidates(outputs) : []);
  for (;;) {
    const resolve = (value: Value): Value => expanded(value, accepted);
    const results = graphResults(outputs, accepted);
    const { nodes, conflicts } = neededNodes(results, accepted, resolve);
    if (conflicts.size === 0) return { updates: [...accepted], nodes, results, resolve };
    for (const node of conflicts) accepted.delete(node);
  }
}

function candidates(outputs: readonly Value[]): TraceNode[] {
  const wanted = new Set(outputs);
  const nodes = new Set(outputs.flatMap(({ node }) => (node?.expansion ? [node] : [])));
  return [...nodes].filter(
    (node) =>
      node.outputs.every((output) => wanted.has(output)) &&
      node.inputs.every(
        (input, index) => index === GRADIENT || index === HYPER || input?.storage !== undefined,
      ),
  );
}

/** Positions of the gradient and of the step's numbers among an update's inputs; the graph may compute both. */
export const GRADIENT = 1;
export const HYPER = 4;

function graphResults(outputs: readonly Value[], accepted: ReadonlySet<TraceNode>): Value[] {
  const results = new Set(outputs.filter(({ node }) => !node || !accepted.has(node)));
  for (const { inputs } of accepted) {
    for (const input of [inputs[GRADIENT], inputs[HYPER]]) if (input?.isPending) results.add(input);
  }
  return [...results];
}

function expanded(value: Value, accepted: ReadonlySet<TraceNode>): Value {
  const { node } = value;
  if (!node?.expansion || accepted.has(node)) return value;
  const stand = node.expansion[node.outputs.indexOf(value)];
  return stand ? expanded(stand, accepted) : value;
}

function neededNodes(
  results: readonly Value[],
  accepted: ReadonlySet<TraceNode>,
  resolve: (value: Value) => Value,
): { nodes: TraceNode[]; conflicts: Set<TraceNode> } {
  const needed = new Set<TraceNode>();
  const conflicts = new Set<TraceNode>();
  const stack: TraceNode[] = [];
  const visit = (input: Value | undefined): void => {
    const { node, isPending } = (input && resolve(input)) ?? {};
    if (!node || !isPending || needed.has(node)) return;
    if (accepted.has(node)) {
      conflicts.add(node);
      return;
    }
    needed.add(node);
    stack.push(node);
  };
  results.forEach(visit);
  for (let node = stack.pop(); node; node = stack.pop()) node.inputs.forEach(visit);
  return { nodes: [...needed].sort((a, b) => a.id - b.id), conflicts };
}
