/**
 * A run as data: config, pretrain, fine-tune, evaluate, compare, report.
 *
 * @module
 */
export { createRegistries } from './registries.js';
export { pretrain, type PretrainResult } from './run/pretrain.js';
