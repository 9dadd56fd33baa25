import type { Shape3, Volume } from '@voxmim/core';
import { labelsOfRegions, type RegionsConfig } from '@voxmim/volumes';
import {
  labelWindows,
  regionWindows,
  scoreOf,
  type ScoreWindows,
  type Segmenter,
  type SlidingWindowOptions,
} from '@voxmim/segmentation';

import type { InferenceConfig } from '../config/inference-config.js';

/** The fields of a run config that say how a whole volume is segmented. */
export interface InferenceFields {
  readonly crop: Shape3;
  readonly inference: InferenceConfig;
  readonly regions: RegionsConfig | null;
}

/** What somebody may want of a volume that is segmented, beside its labels. */
export type SegmentOptions = Pick<
  SlidingWindowOptions,
  'onProgress' | 'origin' | 'signal' | 'onLogits'
>;

/** Labels a prepared volume window by window, by a model of tensors; the result is on its grid. */
export async function segmentVolume(
  model: Segmenter,
  image: Volume<Float32Array>,
  fields: InferenceFields,
  more: SegmentOptions = {},
): Promise<Volume<Uint8Array>> {
  const score = scoreOf((windows) => model.predict(windows), fields.inference);
  return segmentWindows(score, image, fields, more);
}

/**
 * Labels a prepared volume window by window, whatever scores them; the result is on its grid. Regions are
 * decided each by itself, then written into one label map, smaller ones over those that hold them.
 *
 * @param score mirrors by itself, where the config says so
 */
export async function segmentWindows(
  score: ScoreWindows,
  image: Volume<Float32Array>,
  { crop, inference, regions }: InferenceFields,
  more: SegmentOptions = {},
): Promise<Volume<Uint8Array>> {
  const windows = { ...inference, ...more, roi: crop };
  if (!regions) return labelWindows(image, score, windows);
  return labelsOfRegions(await regionWindows(image, score, windows), regions);
}
