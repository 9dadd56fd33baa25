import * as z from 'zod';

/** Options of the backbone. */
export const AcmeConfig = z.strictObject({
  patchSize: z
    .tuple([z.int().min(1), z.int().min(1), z.int().min(1)])
    .default([4, 4, 4])
    .describe('Voxels per token along each axis [D, H, W].'),
  embedDim: z
    .int()
    .min(1)
    .default(16)
    .describe('Channels of the first level; the second has twice.'),
  depth: z.int().min(1).default(2).describe('Residual convolutions of each level.'),
});
export type AcmeConfig = z.infer<typeof AcmeConfig>;
