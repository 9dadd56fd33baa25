import { multiply } from '../graph/arithmetic.js';
import { transposeMatrices } from '../graph/layout.js';
import { planTrace, type Plan } from '../graph/plan.js';
import { record, recordMany, scalar } from '../graph/recorder.js';
import type { TraceNode, Value } from '../graph/value.js';

/**
 * The same computation in ONNX's own operators, which every ONNX runtime has. `replacements` stands in for
 * constants.
 */
export function portablePlan(plan: Plan, replacements: ReadonlyMap<Value, Value>): Plan {
  const renewed = new Map<Value, Value>(replacements);
  for (const node of plan.nodes) {
    const inputs = node.inputs.map((input) => input && (renewed.get(input) ?? input));
    const outputs = rerecord(node, inputs);
    node.outputs.forEach((output, index) => renewed.set(output, outputs[index] ?? output));
  }
  return planTrace(plan.outputs.map((output) => renewed.get(output) ?? output));
}

function rerecord(node: TraceNode, inputs: readonly (Value | undefined)[]): Value[] {
  const [a, b] = inputs;
  if (node.operator === 'FusedMatMul' && a && b) return [plainProduct(node, a, b)];
  return recordMany(node.operator, inputs, node.outputs, node.attributes, node.domain);
}

function plainProduct(node: TraceNode, a: Value, b: Value): Value {
  const { transA, transB, alpha } = node.attributes;
  const left = transA === 1 ? transposeMatrices(a) : a;
  const right = transB === 1 ? transposeMatrices(b) : b;
  const [output] = node.outputs;
  const product = record('MatMul', [left, right], output ?? a);
  const factor = typeof alpha === 'object' && 'float' in alpha ? alpha.float : 1;
  return factor === 1 ? product : multiply(product, scalar(factor));
}
