/**
 * Segmentation heads over any encoder's feature levels, their losses, and sliding-window inference.
 * Imports no encoder: a head sees levels, whoever made them.
 *
 * @module
 */
export { Segmenter } from './segmenter.js';
export { UnetrConfig, unetrDefinition, UnetrHead } from './unetr/unetr-head.js';
