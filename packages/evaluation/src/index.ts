/**
 * Dice, IoU, HD95, ASSD, NSD and volume metrics on typed arrays, with stated empty-class policies, intervals and paired tests.
 *
 * @module
 */
export {};
