import { dispose, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { configuration } from '../configuration.js';
import { Device } from '../device/device.js';
import type { TensorSignature } from '../device/protocol.js';
import { nameAt, type ExportOnnxOptions, type ExportableFunction } from './export-onnx.js';

/**
 * Runs an exported model with ONNX Runtime, as a stranger would, beside the function that it was made from.
 *
 * @param model - What `exportOnnx` gave for `fn` with the same `options`.
 * @param inputs - float32 or int32; they stay the caller's.
 * @returns The largest difference of any output, as a share of that output's largest number.
 * @throws `COMPILE_FAILED`, `RUN_FAILED`
 */
export async function checkExport(
  model: Uint8Array,
  fn: ExportableFunction,
  inputs: readonly Tensor[],
  { inputNames, outputNames }: ExportOnnxOptions = {},
): Promise<number> {
  const outputs = tidy(() => [fn(...inputs)].flat());
  try {
    const expected = await Promise.all(outputs.map((output) => output.data<'float32'>()));
    const results = await runAlone(
      model,
      inputs.map((tensor, index) => signature(tensor, nameAt(inputNames, 'input', index, inputs))),
      outputs.map((tensor, index) =>
        signature(tensor, nameAt(outputNames, 'output', index, outputs)),
      ),
      await Promise.all(inputs.map(async (input) => input.data<'float32' | 'int32'>())),
    );
    return Math.max(...expected.map((numbers, index) => difference(numbers, results[index])));
  } finally {
    dispose(outputs);
  }
}

/** Runs a model on a device of its own, beside whatever the backend computes. */
async function runAlone(
  model: Uint8Array,
  inputs: TensorSignature[],
  outputs: TensorSignature[],
  data: (Float32Array | Int32Array)[],
): Promise<Float32Array[]> {
  const device = new Device();
  const handles = outputs.map((_, index) => inputs.length + index);
  try {
    const { threads } = configuration();
    const settings = { threads, executionProviders: ['cpu'] };
    device.post([
      { kind: 'compile', session: 0, model, settings, inputs, outputs },
      ...data.map((numbers, handle) => ({ kind: 'upload' as const, handle, data: numbers })),
      { kind: 'run', session: 0, inputs: inputs.map((_, index) => index), outputs: handles },
    ]);
    const results = await Promise.all(handles.map((handle) => device.read(handle)));
    return results.map((buffer) => new Float32Array(buffer));
  } finally {
    await device.close();
  }
}

function signature({ shape, dtype }: Tensor, name: string): TensorSignature {
  return { name, dtype: dtype === 'int32' ? dtype : 'float32', shape };
}

function difference(expected: Float32Array, actual: Float32Array | undefined): number {
  let [most, largest] = [0, 0];
  for (const [index, value] of expected.entries()) {
    most = Math.max(most, Math.abs(value - (actual?.[index] ?? NaN)));
    largest = Math.max(largest, Math.abs(value));
  }
  return largest === 0 ? most : most / largest;
}
