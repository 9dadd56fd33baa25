import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxBackend } from '../backend.js';
import { nativeKernel } from './register.js';

/** Registers the kernels that share their input's data: no operator is recorded until the view is used. */
export function registerViewKernels(): void {
  nativeKernel('Identity', (call) => view(call.backend, call.info('x'), call.info('x').shape));
  nativeKernel('Reshape', (call) => {
    const x = call.info('x');
    const size = util.sizeFromShape(x.shape);
    const shape = util.inferFromImplicitShape(call.numbers('shape'), size);
    if (util.sizeFromShape(shape) !== size) {
      throw new RangeError(`${String(size)} elements do not fill the shape [${shape.join()}]`);
    }
    return view(call.backend, x, shape);
  });
  nativeKernel('ExpandDims', (call) => {
    const input = call.info('input');
    const dim = call.number('dim');
    const shape = [...input.shape];
    util.assert(
      dim >= -(shape.length + 1) && dim <= shape.length,
      () => `axis ${String(dim)} is out of range`,
    );
    shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
    return view(call.backend, input, shape);
  });
}

function view(
  backend: OnnxBackend,
  { dataId, dtype }: TensorInfo,
  shape: readonly number[],
): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape: [...shape], dtype };
}
