/**
 * Conformance kits and tensor assertions for `@voxmim/*` and for plugins. Independent of the test
 * runner: failures are thrown.
 *
 * @module
 */
export { ExpectationError } from './assertion.js';
export { testEncoderConformance } from './encoder-conformance.js';
export { expectGradients, finiteDifference } from './gradients.js';
export { testHeadConformance, type HeadCase } from './head-conformance.js';
export { localExchanges } from './local-exchanges.js';
export { testMaskStrategyConformance, type MaskStrategyCase } from './mask-strategy-conformance.js';
export { hiddenVoxels, randomTokenMask } from './masks.js';
export { hashedNoise, noise } from './noise.js';
export {
  testObjectiveConformance,
  type ObjectiveConformanceOptions,
} from './objective-conformance.js';
export { registeredBackends } from './registered-backends.js';
export { expectClose, expectNoLeak, type Numbers, type Tolerance } from './tensors.js';
export type { TestRunner } from './test-runner.js';
export { toyEncoder, type ToyEncoderOptions } from './toy-encoder.js';
