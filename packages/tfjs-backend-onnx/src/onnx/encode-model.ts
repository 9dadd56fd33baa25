import type { Plan } from '../graph/plan.js';
import {
  shapeText,
  type Attribute,
  type ElementType,
  type HostArray,
  type TraceNode,
  type Value,
} from '../graph/value.js';
import { ProtobufWriter } from './protobuf-writer.js';

const IR_VERSION = 10;
const OPSET = 21;
const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_STRING = 3;
const ATTRIBUTE_INTS = 7;

/** The parts of a model, by the names its nodes use. */
export interface ModelParts {
  readonly nodes: readonly TraceNode[];
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  readonly initializers: readonly ModelTensor[];
  readonly nameOf: (value: Value) => string;
  /** Texts about the model, by key. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** An input or output: an extent may be a name, which leaves it open. */
export interface ModelValue {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly (number | string)[];
}

/** Data written into the model. */
export interface ModelTensor {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: HostArray;
}

/** Encodes a plan as an ONNX model whose inputs are the plan's stored values. */
export function encodePlan(plan: Plan): Uint8Array<ArrayBuffer> {
  const nameOf = (value: Value): string => plan.names.get(value) ?? '';
  const describe = (value: Value): ModelValue => ({
    name: nameOf(value),
    dtype: value.dtype,
    shape: value.shape,
  });
  return encodeModel({
    nodes: plan.nodes,
    inputs: plan.inputs.map(describe),
    outputs: plan.outputs.map(describe),
    initializers: plan.constants.map((value) => constantTensor(value, nameOf(value))),
    nameOf,
  });
}

/** A constant of the trace as an initializer. */
export function constantTensor(value: Value, name: string): ModelTensor {
  return {
    name,
    dtype: value.dtype,
    shape: value.shape,
    data: value.constant ?? new Float32Array(),
  };
}

/** Encodes a model (ONNX IR 10, operator set 21, plus com.microsoft where a node uses it). */
export function encodeModel(parts: ModelParts): Uint8Array<ArrayBuffer> {
  const model = new ProtobufWriter()
    .int(1, IR_VERSION)
    .string(2, 'tfjs-backend-onnx')
    .message(7, encodeGraph(parts))
    .message(8, new ProtobufWriter(16).string(1, '').int(2, OPSET));
  if (parts.nodes.some((node) => node.domain !== '')) {
    model.message(8, new ProtobufWriter(32).string(1, 'com.microsoft').int(2, 1));
  }
  for (const [key, text] of Object.entries(parts.metadata ?? {})) {
    model.message(14, new ProtobufWriter(256).string(1, key).string(2, text));
  }
  return model.finish();
}

function encodeGraph(parts: ModelParts): ProtobufWriter {
  const graph = new ProtobufWriter(1 << 16);
  for (const node of parts.nodes) graph.message(1, encodeNode(node, parts));
  graph.string(2, 'trace');
  for (const tensor of parts.initializers) graph.message(5, encodeTensor(tensor));
  for (const input of parts.inputs) graph.message(11, encodeValueInfo(input));
  for (const output of parts.outputs) graph.message(12, encodeValueInfo(output));
  return graph;
}

function encodeNode(node: TraceNode, { nameOf }: ModelParts): ProtobufWriter {
  const writer = new ProtobufWriter(256);
  for (const input of node.inputs) writer.string(1, input ? nameOf(input) : '');
  for (const output of node.outputs) writer.string(2, nameOf(output));
  writer.string(3, nodeName(node)).string(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.message(5, encodeAttribute(name, value));
  }
  return node.domain === '' ? writer : writer.string(7, node.domain);
}

/** ONNX Runtime prints a failing node's name, so the name carries what a user needs: TF.js op and shapes. */
function nodeName(node: TraceNode): string {
  const shapes = node.inputs.map((input) => (input ? shapeText(input.shape) : '-'));
  const results = node.outputs.map(({ shape }) => shapeText(shape));
  return `${node.kernel}(${shapes.join(', ')}) -> ${results.join(', ')} #${node.id}`;
}

function encodeAttribute(name: string, value: Attribute): ProtobufWriter {
  const writer = new ProtobufWriter(64).string(1, name);
  if (typeof value === 'number') return writer.int(3, value).int(20, ATTRIBUTE_INT);
  if (typeof value === 'string') return writer.string(4, value).int(20, ATTRIBUTE_STRING);
  if ('float' in value) return writer.float(2, value.float).int(20, ATTRIBUTE_FLOAT);
  for (const item of value) writer.int(8, item);
  return writer.int(20, ATTRIBUTE_INTS);
}

function encodeTensor({ name, dtype, shape, data }: ModelTensor): ProtobufWriter {
  const writer = new ProtobufWriter(data.byteLength + 128);
  for (const extent of shape) writer.int(1, extent);
  writer.int(2, ELEMENT_TYPES[dtype]).string(8, name);
  return writer.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function encodeValueInfo({ name, dtype, shape }: ModelValue): ProtobufWriter {
  const dimensions = new ProtobufWriter(64);
  for (const extent of shape) {
    const dimension = new ProtobufWriter(16);
    dimensions.message(
      1,
      typeof extent === 'string' ? dimension.string(2, extent) : dimension.int(1, extent),
    );
  }
  const tensor = new ProtobufWriter(128).int(1, ELEMENT_TYPES[dtype]).message(2, dimensions);
  return new ProtobufWriter(256)
    .string(1, name)
    .message(2, new ProtobufWriter(128).message(1, tensor));
}
