/**
 * Gives TF.js its gradients. Without this import every op is "not differentiable": the kernels'
 * gradient functions are registered by `@tensorflow/tfjs-layers` (or the union package) alone.
 *
 * @module
 */
import '@tensorflow/tfjs-layers';
