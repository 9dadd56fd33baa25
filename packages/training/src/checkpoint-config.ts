import * as z from 'zod';

/** What a run keeps on disk. */
export const CheckpointConfig = z.strictObject({
  every: z.int().positive().default(500).describe('Steps between checkpoints.'),
  keep: z
    .int()
    .positive()
    .default(2)
    .describe('Newest checkpoints that stay; the best one stays beside them.'),
});
export type CheckpointConfig = z.infer<typeof CheckpointConfig>;
