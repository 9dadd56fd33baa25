import type { BufferMove, DeviceCommand } from './device/protocol.js';
import { GRADIENT } from './graph/select-updates.js';
import type { Attribute, TraceNode, Value } from './graph/value.js';

/**
 * Commands for a plan's updates. Each output is added to `handles`. An old tensor that nobody holds any more,
 * and that no other update reads, gives its memory to the new one.
 */
export function updateCommands(
  updates: readonly TraceNode[],
  handles: Map<Value, number>,
  nextHandle: () => number,
): DeviceCommand[] {
  const readers = new Map<Value, number>();
  for (const { inputs } of updates) {
    for (const input of inputs) if (input) readers.set(input, (readers.get(input) ?? 0) + 1);
  }
  const handleOf = (value: Value | undefined): number =>
    value ? (value.storage?.handle ?? handles.get(value) ?? -1) : -1;
  return updates.map((node) => {
    const [param, , first, second, hyper] = node.inputs;
    const moved = [param, first, second].map((source, index): BufferMove => {
      const to = nextHandle();
      const output = node.outputs[index];
      if (output) handles.set(output, to);
      const donated = source?.holders === 0 && readers.get(source) === 1;
      return { from: handleOf(source), to, donated };
    });
    return {
      kind: 'adamw',
      gradient: handleOf(node.inputs[GRADIENT]),
      hyper: handleOf(hyper),
      moved,
      beta1: realOf(node.attributes['beta1']),
      beta2: realOf(node.attributes['beta2']),
    };
  });
}

function realOf(attribute: Attribute | undefined): number {
  return typeof attribute === 'object' && 'float' in attribute ? attribute.float : 0;
}
