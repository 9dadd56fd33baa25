import { extent } from '@voxmim/core';
import * as z from 'zod';

/** Config of a `SimclrObjective`. */
export const SimclrConfig = z.strictObject({
  temperature: z
    .number()
    .positive()
    .default(0.5)
    .describe('Divides cosine similarities; smaller looks harder at the nearest negatives.'),
  projectionDepth: z
    .int()
    .min(0)
    .default(2)
    .describe('Linear layers of the projection head; 0: none, features are compared themselves.'),
  projectionHiddenDim: extent
    .nullable()
    .default(null)
    .describe('Width between its layers; null: that of the features.'),
  projectionDim: extent
    .default(128)
    .describe('Numbers in an embedding; that of the features where there is no head.'),
  memoryBank: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'Embeddings of earlier batches that serve as further negatives; 0: none. A batch of one volume ' +
        'needs some. Keep it below the number of training volumes: a bank that holds the volume ' +
        'itself pushes its own views apart.',
    ),
});
export type SimclrConfig = z.infer<typeof SimclrConfig>;
