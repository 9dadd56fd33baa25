import { engine, registerBackend, removeBackend } from '@tensorflow/tfjs-core';

import { TorchBackend } from './backend.js';
import { configuration } from './configuration.js';
import { registerArrangementKernels } from './kernels/arrangement.js';
import { registerBinaryKernels } from './kernels/binary.js';
import { registerBlockKernels } from './kernels/blocks.js';
import { registerConvolutionKernels } from './kernels/convolution.js';
import { registerCreationKernels } from './kernels/creation.js';
import { registerGatheringKernels } from './kernels/gathering.js';
import { registerHostKernels } from './kernels/host-fallback.js';
import { registerPoolingKernels } from './kernels/pooling.js';
import { registerProductKernels } from './kernels/product.js';
import { registerReductionKernels } from './kernels/reduction.js';
import { BACKEND_NAME } from './kernels/register.js';
import { registerUnaryKernels } from './kernels/unary.js';
import { registerViewKernels } from './kernels/view.js';
import { registerAdamWKernel } from './voxmim/adamw.js';
import { registerAttentionKernels } from './voxmim/attention.js';
import { registerVoxmimConvolutionKernels } from './voxmim/convolution.js';
import { registerGeluKernels } from './voxmim/gelu.js';
import { registerInstanceNormKernels } from './voxmim/instance-norm.js';
import { registerLayerNormKernels } from './voxmim/layer-norm.js';
import { registerTokenKernels } from './voxmim/tokens.js';

/** Below every other backend: TF.js must not start it by itself, which needs a PyTorch. */
const PRIORITY = 0;

let started: TorchBackend | undefined;

/** Registers the backend and its kernels; importing the package has done it. */
export function registerTorchBackend(): void {
  registerFactory();
  registerUnaryKernels();
  registerBinaryKernels();
  registerReductionKernels();
  registerViewKernels();
  registerCreationKernels();
  registerArrangementKernels();
  registerBlockKernels();
  registerGatheringKernels();
  registerProductKernels();
  registerConvolutionKernels();
  registerPoolingKernels();
  registerHostKernels();
  registerLayerNormKernels();
  registerInstanceNormKernels();
  registerGeluKernels();
  registerAttentionKernels();
  registerVoxmimConvolutionKernels();
  registerTokenKernels();
  registerAdamWKernel();
}

/**
 * Starts the backend as {@link configure} says, for the next `tf.setBackend('torch')`. That alone would do,
 * but TF.js prints what goes wrong and answers with false; here it is thrown. One that runs otherwise than
 * configured is ended, with its tensors.
 *
 * @throws `TORCH_MISSING`, `TORCH_UNSUPPORTED`, `DEVICE_UNAVAILABLE` or `WRONG_THREAD`
 */
export function startTorchBackend(): void {
  // Asking TF.js for a backend would start it.
  const running: unknown = engine().registry[BACKEND_NAME];
  if (running instanceof TorchBackend) {
    if (running.runsAs(configuration())) return;
    removeBackend(BACKEND_NAME);
    registerFactory();
  }
  started = new TorchBackend();
}

function registerFactory(): void {
  registerBackend(
    BACKEND_NAME,
    () => {
      const backend = started ?? new TorchBackend();
      started = undefined;
      return backend;
    },
    PRIORITY,
  );
}
