import {
  concat,
  dispose,
  getBackend,
  slice,
  tensor,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.js';
import { OnnxBackendError } from '../error.js';
import { onnxBackend } from '../flush.js';
import { planTrace, type Plan } from '../graph/plan.js';
import type { Value } from '../graph/value.js';
import { BACKEND_NAME } from '../kernels/register.js';
import {
  constantTensor,
  encodeModel,
  type ModelTensor,
  type ModelValue,
} from '../onnx/encode-model.js';
import { batchReplacements, batchTerm, type InputPair } from './dynamic-batch.js';
import { portablePlan } from './portable-plan.js';

/** Protocol buffers end at two gibibytes. */
const MAX_BYTES = 2 ** 31 - 2 ** 20;

/** A function of tensors that {@link exportOnnx} can trace. */
export type ExportableFunction = (...inputs: Tensor[]) => Tensor | Tensor[];

/** Options of {@link exportOnnx}. */
export interface ExportOnnxOptions {
  /** Leave the first axis of every input open; default false. The function must treat samples alike. */
  readonly dynamicBatch?: boolean;
  /**
   * Other examples, the first with one more entry along its first axis: every extent that differs from the first
   * examples' is left open, as a function of that axis. Default none.
   */
  readonly otherInputs?: readonly Tensor[];
  /** Names of the inputs; default `input`, or `input0`, `input1`, … */
  readonly inputNames?: readonly string[];
  /** Names of the outputs; default `output`, or `output0`, `output1`, … */
  readonly outputNames?: readonly string[];
  /** Texts that the file carries, by key: what the model is, how its inputs are prepared. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a function as an ONNX model (operator set 21, ONNX's own operators only): the inputs stay inputs,
 * every other tensor that the function reads, such as a model's weights, is stored in the model.
 *
 * @param fn - Traced once, or twice for a dynamic batch; what it does must not depend on values it reads back.
 * @param exampleInputs - Give shapes and types; their numbers do not matter. They stay the caller's.
 * @returns The bytes of an `.onnx` file.
 * @throws `UNSUPPORTED_EXPORT` when the onnx backend is not active, when an output does not depend on the
 *   inputs, when the model is larger than 2 GB, or when a dynamic batch is impossible.
 */
export async function exportOnnx(
  fn: ExportableFunction,
  exampleInputs: readonly Tensor[],
  options: ExportOnnxOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  if (getBackend() !== BACKEND_NAME) {
    throw unsupported(`the active backend is ${getBackend()}`, "Call tf.setBackend('onnx') first.");
  }
  const backend = onnxBackend();
  const samples = await copiesOf(exampleInputs, 0);
  const moreSamples = await otherExamples(exampleInputs, options);
  await backend.flush();
  const first = trace(backend, fn, samples);
  const second = moreSamples && trace(backend, fn, moreSamples);
  try {
    return await write(backend, first, second, exampleInputs[0]?.shape[0] ?? 1, options);
  } finally {
    dispose([...first.tensors, ...(second?.tensors ?? [])]);
  }
}

/** What the function is traced with a second time, where extents are left open. */
async function otherExamples(
  examples: readonly Tensor[],
  { otherInputs, dynamicBatch = false }: ExportOnnxOptions,
): Promise<Tensor[] | undefined> {
  if (otherInputs) return copiesOf(otherInputs, 0);
  return dynamicBatch ? copiesOf(examples, 1) : undefined;
}

interface Trace {
  readonly plan: Plan;
  readonly inputs: readonly Value[];
  readonly tensors: readonly Tensor[];
}

/** Nothing may be computed between two traces: what is computed is no longer traced. */
function trace(backend: OnnxBackend, fn: ExportableFunction, inputs: Tensor[]): Trace {
  const outputs = tidy(() => [fn(...inputs)].flat());
  const values = outputs.map((output) => backend.valueFor(output));
  if (values.some((value) => !value.isPending)) {
    throw unsupported(
      'an output is no function of the inputs',
      'Return what the function computes.',
    );
  }
  return {
    plan: planTrace(values),
    inputs: inputs.map((input) => backend.valueFor(input)),
    tensors: [...inputs, ...outputs],
  };
}

/** Copies of the examples, the first sample repeated `more` times. */
async function copiesOf(examples: readonly Tensor[], more: number): Promise<Tensor[]> {
  return await Promise.all(
    examples.map(async (example) => {
      const extended = tidy(() =>
        more === 0 ? example.clone() : concat([example, slice(example, 0, more)], 0),
      );
      const copy = tensor(await extended.data(), extended.shape, extended.dtype);
      extended.dispose();
      return copy;
    }),
  );
}

async function write(
  backend: OnnxBackend,
  first: Trace,
  second: Trace | undefined,
  batch: number,
  options: ExportOnnxOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const pairs = first.inputs.map((input, index): InputPair => [
    input,
    second?.inputs[index] ?? input,
  ]);
  const replacements = second
    ? batchReplacements(first.plan, second.plan, batch, pairs)
    : new Map<Value, Value>();
  const plan = portablePlan(first.plan, replacements);
  const names = new Map(plan.names);
  first.inputs.forEach((value, index) =>
    names.set(value, nameAt(options.inputNames, 'input', index, first.inputs)),
  );
  plan.outputs.forEach((value, index) =>
    names.set(value, nameAt(options.outputNames, 'output', index, plan.outputs)),
  );
  const nameOf = (value: Value): string => names.get(value) ?? '';
  const describe = (value: Value, twin: Value | undefined): ModelValue => ({
    name: nameOf(value),
    dtype: value.dtype,
    shape: value.shape.map((extent, axis) =>
      openExtent(extent, twin?.shape[axis] ?? extent, batch),
    ),
  });
  return encodeModel({
    nodes: plan.nodes,
    inputs: first.inputs.map((value, index) => describe(value, second?.inputs[index])),
    outputs: plan.outputs.map((value, index) => describe(value, second?.plan.outputs[index])),
    initializers: await initializers(backend, plan, first.inputs, nameOf),
    nameOf,
    metadata: options.metadata,
  });
}

async function initializers(
  backend: OnnxBackend,
  plan: Plan,
  inputs: readonly Value[],
  nameOf: (value: Value) => string,
): Promise<ModelTensor[]> {
  const weights = plan.inputs.filter((value) => !inputs.includes(value));
  const bytes = weights.reduce((sum, value) => sum + value.size * 4, 0);
  if (bytes > MAX_BYTES)
    throw unsupported(`its weights take ${bytes} bytes`, 'An ONNX file holds at most 2 GB.');
  const stored = weights.map(async (value) => {
    return {
      name: nameOf(value),
      dtype: value.dtype,
      shape: value.shape,
      data: await backend.valuesOf(value),
    };
  });
  return [
    ...plan.constants.map((value) => constantTensor(value, nameOf(value))),
    ...(await Promise.all(stored)),
  ];
}

function openExtent(extent: number, next: number, batch: number): number | string {
  const { factor, term } = batchTerm(extent, next, batch);
  if (factor === 0) return extent;
  const scaled = factor === 1 ? 'batch' : `${factor}*batch`;
  return term === 0 ? scaled : `${scaled}+${term}`;
}

/** The name of an input or output: a given one, else `input` or `input0`, `input1`, … */
export function nameAt(
  names: readonly string[] | undefined,
  base: string,
  index: number,
  all: readonly unknown[],
): string {
  return names?.[index] ?? (all.length === 1 ? base : `${base}${index}`);
}

function unsupported(what: string, remedy: string): OnnxBackendError {
  return new OnnxBackendError(
    'UNSUPPORTED_EXPORT',
    `The function cannot be exported: ${what}.`,
    remedy,
  );
}
