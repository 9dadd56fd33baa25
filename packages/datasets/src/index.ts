/**
 * Data sets without files: their configs, fingerprints, and a synthetic CT. What reads folders is in
 * `@voxmim/datasets/node`.
 *
 * @module
 */
export { CacheConfig } from './cache-config.js';
export {
  FingerprintCollector,
  type FingerprintOptions,
} from './fingerprint/fingerprint-collector.js';
export { Fingerprint, FingerprintProposal } from './fingerprint/fingerprint.js';
export { DatasetLayoutConfig } from './layout-config.js';
export { phantomClasses } from './phantom/anatomy.js';
export { createPhantom, type Phantom, type PhantomOptions } from './phantom/phantom.js';
