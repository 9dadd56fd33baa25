/**
 * Layers and ops for 3D vision models in TensorFlow.js, with the ops it lacks.
 *
 * @module
 */
export {};
