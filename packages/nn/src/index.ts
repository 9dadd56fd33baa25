/**
 * Layers and ops for 3D vision models over `@tensorflow/tfjs-core`, with the ops it lacks.
 *
 * @module
 */
export {
  kaimingUniform,
  standardNormal,
  truncatedNormal,
  uniformBias,
  xavierUniform,
  type Initializer,
} from './initializers.js';
export { hasKernel, runKernel, withGradient, type KernelName } from './kernel.js';
export { Linear, type LinearOptions } from './linear.js';
export { Module, prefixed } from './module.js';
export { buffer, parameter } from './parameter.js';
