/**
 * Segmentation heads over any encoder, their losses, and sliding-window inference.
 *
 * @module
 */
export {};
