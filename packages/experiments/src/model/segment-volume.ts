import type { Shape3, Volume } from '@voxmim/core';
import { slidingWindow, type Segmenter } from '@voxmim/segmentation';

import type { InferenceConfig } from '../config/finetune-config.js';

/** The fields of a run config that say how a whole volume is segmented. */
export interface InferenceFields {
  readonly crop: Shape3;
  readonly inference: InferenceConfig;
}

/** Labels a prepared volume window by window; the result is on its grid. */
export async function segmentVolume(
  model: Segmenter,
  image: Volume<Float32Array>,
  { crop, inference }: InferenceFields,
  onProgress?: (done: number, total: number) => void,
): Promise<Volume<Uint8Array>> {
  return slidingWindow(image, (windows) => model.predict(windows), {
    ...inference,
    roi: crop,
    ...(onProgress && { onProgress }),
  });
}
