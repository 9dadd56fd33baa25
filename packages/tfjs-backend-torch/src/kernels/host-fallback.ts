import { TorchBackendError } from '../error.js';
import { runOnCpu } from './cpu-kernel.js';
import { nativeKernel } from './register.js';

/**
 * Kernels without a form worth having here: results whose shape depends on values, texts, image operations.
 * They run on TF.js's cpu backend when the application has imported it. Each reads its inputs, so none
 * belongs in a training step.
 */
const HOST_KERNELS = [
  'Bincount',
  'BroadcastArgs',
  'CropAndResize',
  'Cumprod',
  'Diag',
  'DenseBincount',
  'Dilation2D',
  'Dilation2DBackpropFilter',
  'Dilation2DBackpropInput',
  'FlipLeftRight',
  'LRN',
  'LRNGrad',
  'MaxPoolWithArgmax',
  'Multinomial',
  'NonMaxSuppressionV3',
  'NonMaxSuppressionV4',
  'NonMaxSuppressionV5',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'ResizeBilinear',
  'ResizeBilinearGrad',
  'ResizeNearestNeighbor',
  'ResizeNearestNeighborGrad',
  'RotateWithOffset',
  'SearchSorted',
  'SparseFillEmptyRows',
  'SparseReshape',
  'SparseSegmentMean',
  'SparseSegmentSum',
  'SparseToDense',
  'StaticRegexReplace',
  'StringNGrams',
  'StringSplit',
  'StringToHashBucketFast',
  'TopK',
  'Transform',
  'Unique',
] as const;

/** Kernels of complex numbers, which the backend refuses. */
const COMPLEX_KERNELS = ['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real'] as const;

/** Registers kernels that TF.js's cpu backend computes. */
export function registerHostKernels(): void {
  for (const name of HOST_KERNELS) nativeKernel(name, runOnCpu, false);
  for (const name of COMPLEX_KERNELS) {
    nativeKernel(name, () => {
      throw new TorchBackendError(
        'UNSUPPORTED_DTYPE',
        `${name} works on complex64, which the torch backend does not hold.`,
        "Compute it on another backend: tf.setBackend('cpu').",
      );
    });
  }
}
