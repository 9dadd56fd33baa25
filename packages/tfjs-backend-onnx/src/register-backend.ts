import { registerBackend } from '@tensorflow/tfjs-core';
import { OnnxBackend } from './backend.js';
import { registerArrangementKernels } from './kernels/arrangement.js';
import { registerBinaryKernels } from './kernels/binary.js';
import { registerConvolutionKernels } from './kernels/convolution.js';
import { registerCreationKernels } from './kernels/creation.js';
import { registerGatheringKernels } from './kernels/gathering.js';
import { registerPoolingKernels } from './kernels/pooling.js';
import { registerHostKernels } from './kernels/host-fallback.js';
import { registerProductKernels } from './kernels/product.js';
import { registerReductionKernels } from './kernels/reduction.js';
import { BACKEND_NAME } from './kernels/register.js';
import { registerUnaryKernels } from './kernels/unary.js';
import { registerViewKernels } from './kernels/view.js';
import { registerAdamWKernel } from './voxmim/adamw.js';
import { registerAttentionKernels } from './voxmim/attention.js';
import { registerVoxmimConvolutionKernels } from './voxmim/convolution.js';
import { registerGeluKernels } from './voxmim/gelu.js';
import { registerNormalizationKernels } from './voxmim/normalization.js';
import { registerTokenKernels } from './voxmim/tokens.js';

/** Priority among TF.js backends: above wasm (2) and cpu (1), below tensorflow (3). */
const PRIORITY = 2;

/** Registers the backend and its kernels; importing the package has done it. */
export function registerOnnxBackend(): void {
  registerBackend(BACKEND_NAME, () => new OnnxBackend(), PRIORITY);
  registerUnaryKernels();
  registerBinaryKernels();
  registerReductionKernels();
  registerViewKernels();
  registerCreationKernels();
  registerArrangementKernels();
  registerGatheringKernels();
  registerProductKernels();
  registerConvolutionKernels();
  registerPoolingKernels();
  registerHostKernels();
  registerNormalizationKernels();
  registerGeluKernels();
  registerAttentionKernels();
  registerVoxmimConvolutionKernels();
  registerTokenKernels();
  registerAdamWKernel();
}
