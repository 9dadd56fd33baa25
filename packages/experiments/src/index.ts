/**
 * A run as data: config, pretrain, fine-tune, evaluate, compare, report.
 *
 * @module
 */
export {};
