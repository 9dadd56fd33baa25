/**
 * Finds, checks and starts the best TensorFlow.js backend there is.
 *
 * @module
 */
export {};
