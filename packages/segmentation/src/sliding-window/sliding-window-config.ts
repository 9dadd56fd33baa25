import { extent, shape3 } from '@voxmim/core';
import * as z from 'zod';

const share = z.number().min(0).lt(1);

/** How a volume larger than the model's input is scored. */
export const SlidingWindowConfig = z.strictObject({
  roi: shape3.describe("Voxels per axis of a window: the model's input shape."),
  overlap: z
    .union([share, z.tuple([share, share, share]).readonly()])
    .default(0.5)
    .describe(
      "Share of a window that the next one covers again, or one per axis. MONAI's default is 0.25.",
    ),
  mode: z
    .enum(['constant', 'gaussian'])
    .default('gaussian')
    .describe("How overlapping windows are averaged. MONAI's default is constant."),
  sigmaScale: z
    .number()
    .positive()
    .default(0.125)
    .describe('Standard deviation of the Gaussian over the window.'),
  batch: extent.default(1).describe('Windows per call of the model.'),
  mirror: z
    .boolean()
    .default(false)
    .describe('Average over all eight mirror images (nnU-Net); eight times the work.'),
});
export type SlidingWindowConfig = z.infer<typeof SlidingWindowConfig>;
