import { util } from '@tensorflow/tfjs-core';

import { kernel, nativeKernel } from './register.js';

/** Registers the kernels that share their input's data. */
export function registerViewKernels(): void {
  nativeKernel('Identity', (call) => call.backend.share(call.info('x')));
  nativeKernel('Reshape', (call) => {
    const x = call.info('x');
    const size = util.sizeFromShape(x.shape);
    const shape = util.inferFromImplicitShape(call.numbers('shape'), size);
    if (util.sizeFromShape(shape) !== size) {
      throw new RangeError(`${String(size)} elements do not fill the shape [${shape.join()}]`);
    }
    if (call.hasTexts) return { ...call.backend.share(x), shape };
    return call.backend.hold(call.ops.reshape(call.kept('x'), shape), x);
  });
  kernel(
    'ExpandDims',
    (call) => {
      const dim = call.number('dim');
      const shape = [...call.shape('input')];
      util.assert(
        dim >= -(shape.length + 1) && dim <= shape.length,
        () => `axis ${String(dim)} is out of range`,
      );
      shape.splice(dim < 0 ? shape.length + 1 + dim : dim, 0, 1);
      return call.ops.reshape(call.kept('input'), shape);
    },
    'input',
  );
}
