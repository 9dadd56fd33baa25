import * as z from 'zod';

/** Where preprocessed volumes are kept on disk, and how many. */
export const CacheConfig = z.strictObject({
  dir: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Folder, shared by all runs; null: $VOXMIM_CACHE, or voxmim in $XDG_CACHE_HOME or ~/.cache.',
    ),
  maxGiB: z
    .number()
    .gt(0)
    .default(32)
    .describe('Largest size; beyond it, what was not used for longest is removed.'),
});
export type CacheConfig = z.infer<typeof CacheConfig>;
