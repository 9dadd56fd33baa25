import {
  findBackend,
  getKernelsForBackend,
  type BackendValues,
  type KernelBackend,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { TorchBackendError } from '../error.js';
import type { KernelCall } from './kernel-call.js';

/** Runs the call on the cpu backend and brings the results back as uploads. */
export function runOnCpu(call: KernelCall): TensorInfo | TensorInfo[] {
  const kernel = getKernelsForBackend('cpu').find(({ kernelName }) => kernelName === call.name);
  if (!kernel) {
    throw new TorchBackendError(
      'INVALID_KERNEL_CALL',
      `${call.name} runs on TF.js's cpu backend, which is not registered.`,
      "Install it and import '@tensorflow/tfjs-backend-cpu'.",
    );
  }
  const cpu = findBackend('cpu');
  const copies: TensorInfo[] = [];
  const toCpu = (info: TensorInfo): TensorInfo => {
    // Some of the cpu backend's kernels ask for the rank, which a TensorInfo need not have.
    const moved = Object.assign(copy(info, call.backend, cpu), { rank: info.shape.length });
    copies.push(moved);
    return moved;
  };
  const inputs: NamedTensorInfoMap = {};
  for (const [name, info] of Object.entries(call.infos)) {
    // Kernels of ragged tensors take lists, which TF.js's types do not mention.
    if (Array.isArray(info)) Object.assign(inputs, { [name]: info.map(toCpu) });
    else if (info) inputs[name] = toCpu(info);
  }
  const given: NamedTensorInfoMap = Array.isArray(call.infos) ? Object.assign([], inputs) : inputs;
  const result = kernel.kernelFunc({ inputs: given, attrs: call.attributes, backend: cpu });
  const results = Array.isArray(result) ? result : [result];
  const outputs = results.map((info) => copy(info, cpu, call.backend));
  for (const { dataId } of [...copies, ...results]) cpu.disposeData(dataId, true);
  const [only] = outputs;
  return only && !Array.isArray(result) ? only : outputs;
}

function copy(
  { dataId, shape, dtype }: TensorInfo,
  from: KernelBackend,
  to: KernelBackend,
): TensorInfo {
  const values: BackendValues = from.readSync(dataId);
  return { dataId: to.write(values, shape, dtype), shape, dtype };
}
