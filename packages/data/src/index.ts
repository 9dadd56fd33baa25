/**
 * Reads medical volumes and reorients, resamples, windows, crops, augments and iterates them; no tensors.
 *
 * @module
 */
export {};
