import { registerKernel, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core';
import { OnnxBackend } from '../backend.js';
import { OnnxBackendError, messageOf } from '../error.js';
import { recording } from '../graph/recorder.js';
import { shapeText, type Value } from '../graph/value.js';
import { runOnCpu } from './cpu-kernel.js';
import { KernelCall } from './kernel-call.js';

/** The name under which the backend is registered. */
export const BACKEND_NAME = 'onnx';

/** What a kernel records; one value per output. */
export type KernelBody = (call: KernelCall) => Value | Value[];

/** Registers a kernel that records. Errors come out with the kernel's name and the shapes of its inputs. */
export function kernel(kernelName: string, body: KernelBody): void {
  nativeKernel(kernelName, (call) => {
    if (Object.values(call.infos).some((info) => info?.dtype === 'string')) return runOnCpu(call);
    const result = body(call);
    return Array.isArray(result)
      ? result.map((value) => call.backend.hold(value))
      : call.backend.hold(result);
  });
}

/** Registers a kernel that makes its own tensors, such as a view of its input's data. */
export function nativeKernel(
  kernelName: string,
  body: (call: KernelCall) => TensorInfo | TensorInfo[],
  explainErrors = true,
): void {
  registerKernel({
    kernelName,
    backendName: BACKEND_NAME,
    kernelFunc: ({ inputs, attrs, backend }) => {
      if (!(backend instanceof OnnxBackend)) {
        throw new OnnxBackendError(
          'INVALID_KERNEL_CALL',
          `${kernelName} got a foreign backend.`,
          'Call tf ops.',
        );
      }
      backend.boundTrace();
      recording.kernel = kernelName;
      try {
        return body(new KernelCall(kernelName, backend, inputs, attrs ?? {}));
      } catch (error) {
        throw explainErrors ? explain(error, kernelName, inputs) : error;
      }
    },
  });
}

function explain(error: unknown, kernelName: string, inputs: NamedTensorInfoMap): OnnxBackendError {
  if (error instanceof OnnxBackendError) return error;
  const shapes = Object.entries(inputs).map(
    ([name, info]) =>
      `${name} ${Array.isArray(info) ? 'list' : info ? shapeText(info.shape) : 'missing'}`,
  );
  return new OnnxBackendError(
    'INVALID_KERNEL_CALL',
    `${kernelName}: ${messageOf(error)} (${shapes.join(', ')})`,
    'Check the shapes and options given to the op.',
    { cause: error },
  );
}
