/**
 * Gradients of TensorFlow.js, registered.
 *
 * @module
 */
export { addGradients, gradientsOf, type LossGradients } from './gradients.js';
