import { extent } from '@voxmim/core';
import * as z from 'zod';

/** Config of a `BlankObjective`. */
export const BlankConfig = z.strictObject({
  hiddenDim: extent.default(64).describe('Width of the hidden layer of the decoder.'),
});
export type BlankConfig = z.infer<typeof BlankConfig>;
