import { SlidingWindowConfig } from '@voxmim/segmentation';
import type * as z from 'zod';

/** Sliding-window inference; the window is the crop of training. */
export const InferenceConfig = SlidingWindowConfig.omit({ roi: true });
export type InferenceConfig = z.infer<typeof InferenceConfig>;
