/**
 * Self-supervised objectives (MAE, SimMIM) over any encoder with the needed capability.
 *
 * @module
 */
export {};
