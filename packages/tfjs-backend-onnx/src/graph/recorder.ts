import {
  Value,
  type Attribute,
  type ElementType,
  type HostArray,
  type TraceNode,
} from './value.js';

/** What a node computes besides its inputs. */
export interface OutputSpec {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** State of the recording: TF.js has one engine per process, so there is one recording. */
export const recording = { nextId: 0, kernel: 'trace', trace: 0 };

/** Records one operator application with one output. */
export function record(
  operator: string,
  inputs: readonly (Value | undefined)[],
  output: OutputSpec,
  attributes: Readonly<Record<string, Attribute>> = {},
  domain: TraceNode['domain'] = '',
): Value {
  const [value] = recordMany(operator, inputs, [output], attributes, domain);
  return value as Value;
}

/** Records one operator application with several outputs. */
export function recordMany(
  operator: string,
  inputs: readonly (Value | undefined)[],
  outputs: readonly OutputSpec[],
  attributes: Readonly<Record<string, Attribute>> = {},
  domain: TraceNode['domain'] = '',
  expansion?: readonly Value[],
): Value[] {
  const values = outputs.map(({ dtype, shape }) => new Value(dtype, shape));
  const node: TraceNode = {
    id: recording.nextId++,
    operator,
    domain,
    inputs,
    attributes,
    outputs: values,
    expansion,
    kernel: recording.kernel,
  };
  for (const value of values) value.node = node;
  return values;
}

/** A constant of the graph's structure: shapes, axes, factors written in a kernel. Never data. */
export function constant(dtype: ElementType, shape: readonly number[], data: HostArray): Value {
  const value = new Value(dtype, shape);
  value.constant = data;
  return value;
}

/** A one-dimensional int64 constant, the form in which ONNX takes shapes and axes. */
export function int64s(values: readonly number[]): Value {
  return constant('int64', [values.length], BigInt64Array.from(values, BigInt));
}

/** A scalar constant of `dtype`. */
export function scalar(value: number, dtype: ElementType = 'float32'): Value {
  switch (dtype) {
    case 'float32':
      return constant(dtype, [], Float32Array.of(value));
    case 'int32':
      return constant(dtype, [], Int32Array.of(value));
    case 'int64':
      return constant(dtype, [], BigInt64Array.of(BigInt(value)));
    default:
      return constant(dtype, [], Uint8Array.of(value));
  }
}
