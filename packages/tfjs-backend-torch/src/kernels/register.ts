import { registerKernel, type NamedTensorInfoMap, type TensorInfo } from '@tensorflow/tfjs-core';

import type { Tensor } from '../abi/tensor.js';
import { TorchBackend } from '../backend.js';
import { TorchBackendError, messageOf } from '../error.js';
import { runOnCpu } from './cpu-kernel.js';
import { KernelCall } from './kernel-call.js';

/** The name under which the backend is registered. */
export const BACKEND_NAME = 'torch';

/** What a kernel computes; one tensor per output. What else it makes is freed. */
export type KernelBody = (call: KernelCall) => Tensor | Tensor[];

/**
 * Registers a kernel that computes. Errors come out with the kernel's name and the shapes of its inputs.
 *
 * @param viewed the input that the results may be views of
 */
export function kernel(kernelName: string, body: KernelBody, viewed?: string): void {
  nativeKernel(kernelName, (call) => {
    if (call.hasTexts) return runOnCpu(call);
    const source = viewed === undefined ? undefined : call.info(viewed);
    const result = body(call);
    return Array.isArray(result)
      ? result.map((tensor) => call.backend.hold(tensor, source))
      : call.backend.hold(result, source);
  });
}

/** Registers a kernel that makes its own results. */
export function nativeKernel(
  kernelName: string,
  body: (call: KernelCall) => TensorInfo | TensorInfo[],
  explainErrors = true,
): void {
  registerKernel({
    kernelName,
    backendName: BACKEND_NAME,
    kernelFunc: ({ inputs, attrs, backend }) => {
      if (!(backend instanceof TorchBackend)) {
        throw new TorchBackendError(
          'INVALID_KERNEL_CALL',
          `${kernelName} got a foreign backend.`,
          'Call tf ops.',
        );
      }
      try {
        return backend.torch.scope(() =>
          body(new KernelCall(kernelName, backend, inputs, attrs ?? {})),
        );
      } catch (error) {
        throw explainErrors ? explain(error, kernelName, inputs, backend) : error;
      }
    },
  });
}

function explain(
  error: unknown,
  kernelName: string,
  inputs: NamedTensorInfoMap,
  backend: TorchBackend,
): TorchBackendError {
  const shapes = Object.entries(inputs).map(
    ([name, info]) =>
      `${name} ${Array.isArray(info) ? 'list' : info ? `[${info.shape.join()}]` : 'missing'}`,
  );
  const place = `${kernelName} (${shapes.join(', ')})`;
  if (!(error instanceof TorchBackendError)) {
    return new TorchBackendError(
      'INVALID_KERNEL_CALL',
      `${kernelName}: ${messageOf(error)} (${shapes.join(', ')})`,
      'Check the shapes and options given to the op.',
      { cause: error },
    );
  }
  if (error.code === 'OUT_OF_MEMORY') {
    const what = `${place}: ${error.what} ${backend.describeMemory()}`;
    return new TorchBackendError(error.code, what, error.remedy, { cause: error });
  }
  if (error.code !== 'LIBTORCH_FAILED') return error;
  return new TorchBackendError(error.code, `${place}: ${error.what}`, error.remedy, {
    cause: error,
  });
}
