import * as tf from '@tensorflow/tfjs-core';

/**
 * The TF.js backends that were imported so far, for `describe.each`: what a test file imports, and
 * what the test run was set up with.
 */
export function registeredBackends(): string[] {
  return Object.keys(tf.engine().registryFactory);
}
