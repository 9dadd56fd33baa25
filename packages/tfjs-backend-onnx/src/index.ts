/**
 * A TensorFlow.js backend that records kernels and runs them as compiled ONNX graphs.
 *
 * @module
 */
export {};
