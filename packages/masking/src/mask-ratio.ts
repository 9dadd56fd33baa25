import { z } from 'zod';

/** The share of tokens that a strategy hides, in a config. */
export const maskRatio = z
  .number()
  .gt(0)
  .lt(1)
  .describe('Share of tokens hidden from the encoder, between 0 and 1.');
