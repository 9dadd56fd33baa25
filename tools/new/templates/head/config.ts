import { extent } from '@voxmim/core';
import * as z from 'zod';

/** Options of a `BlankHead`. */
export const BlankConfig = z.strictObject({
  channels: extent.default(32).describe('Width that every level is projected to.'),
});
export type BlankConfig = z.infer<typeof BlankConfig>;
