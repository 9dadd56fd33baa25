/**
 * Conformance kits and tensor assertions for `@voxmim/*` and for plugins. Independent of the test
 * runner: failures are thrown.
 *
 * @module
 */
export { ExpectationError } from './assertion.js';
export { expectGradients, finiteDifference } from './gradients.js';
export { noise } from './noise.js';
export { expectClose, expectNoLeak, type Numbers, type Tolerance } from './tensors.js';
export type { TestRunner } from './test-runner.js';
