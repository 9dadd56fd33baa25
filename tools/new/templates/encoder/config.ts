import { extent, shape3 } from '@voxmim/core';
import * as z from 'zod';

/** Config of a `BlankEncoder`. */
export const BlankConfig = z.strictObject({
  patchSize: shape3.default([4, 4, 4]).describe('Voxels per token along each axis [D, H, W].'),
  embedDim: extent.default(32).describe('Width of the tokens.'),
  depth: extent.default(2).describe('Residual convolutions over the grid of tokens.'),
});
export type BlankConfig = z.infer<typeof BlankConfig>;
