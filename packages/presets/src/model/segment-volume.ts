import type { Shape3, Volume } from '@voxmim/core';
import { labelsOfRegions, type RegionsConfig } from '@voxmim/volumes';
import {
  slidingWindow,
  type SlidingWindowOptions,
  slidingWindowRegions,
  type Segmenter,
} from '@voxmim/segmentation';
import type { Tensor5D } from '@tensorflow/tfjs-core';

import type { InferenceConfig } from '../config/finetune-config.js';

/** The fields of a run config that say how a whole volume is segmented. */
export interface InferenceFields {
  readonly crop: Shape3;
  readonly inference: InferenceConfig;
  readonly regions: RegionsConfig | null;
}

/** What somebody may want of a volume that is segmented, beside its labels. */
export type SegmentOptions = Pick<SlidingWindowOptions, 'onProgress' | 'origin' | 'onLogits'>;

/**
 * Labels a prepared volume window by window; the result is on its grid. Regions are decided each by
 * itself, then written into one label map, smaller ones over those that hold them.
 */
export async function segmentVolume(
  model: Segmenter,
  image: Volume<Float32Array>,
  { crop, inference, regions }: InferenceFields,
  more: SegmentOptions = {},
): Promise<Volume<Uint8Array>> {
  const score = (windows: Tensor5D) => model.predict(windows);
  const options = { ...inference, ...more, roi: crop };
  if (!regions) return slidingWindow(image, score, options);
  return labelsOfRegions(await slidingWindowRegions(image, score, options), regions);
}
