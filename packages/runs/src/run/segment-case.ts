import { VoxmimError, type Volume, volumeOf } from '@voxmim/core';
import {
  type InferenceConfig,
  ProbabilityMap,
  segmentVolume,
  type TrainedSegmenter,
} from '@voxmim/presets';
import { type Box, boxThrough, cropBox, preprocess, type SpatialTransform } from '@voxmim/volumes';

import { boxOf, type RegionOfInterest } from './region-of-interest.js';

/** How a volume is segmented. */
export interface SegmentCaseOptions {
  /** What the volume is, for messages. */
  readonly origin: string;
  /** What is done otherwise than the run's config says. */
  readonly inference?: Partial<InferenceConfig> | undefined;
  /** Where to look; everywhere without it. */
  readonly region?: RegionOfInterest | undefined;
  /** Whether the probability of each class is wanted too. */
  readonly probabilities?: boolean | undefined;
  readonly onProgress?: (windows: number, total: number) => void;
}

/** A volume that was segmented, on its own grid. */
export interface SegmentedCase {
  /** 0 outside of the region of interest. */
  readonly labels: Volume<Uint8Array>;
  /** One channel per class, adding up to 1 in every voxel, or per region. */
  readonly probabilities?: Volume<Float32Array>;
  /** The box of the image that was looked at; absent: all of it. */
  readonly box?: Box;
  readonly notes: readonly string[];
}

/** The most numbers of a map of probabilities: 2 GiB of them. */
const MOST_NUMBERS = 2 ** 29;

/**
 * Segments a volume as it comes from its file. Intensities are normalized by the whole volume, whatever the
 * region of interest, and windows at the edge of the region see what lies around it.
 *
 * @throws `INVALID_DATA` for what cannot be prepared, has nothing of the region, or has more probabilities
 *   than fit
 */
export async function segmentCase(
  { model, config, classes }: TrainedSegmenter,
  image: Volume,
  { origin, inference, region, probabilities = false, onProgress }: SegmentCaseOptions,
): Promise<SegmentedCase> {
  const { crop, regions } = config;
  const { preprocessing } = config.data;
  const kind = regions ? 'regions' : 'classes';
  if (probabilities) checkSize(image, regions?.length ?? classes.length, origin);
  const box = region && boxOf(region, image, origin);
  const prepared = preprocess(image, undefined, preprocessing, { origin, leastShape: crop });
  const { transform, notes } = prepared;
  const part = box && boxThrough(transform, box, crop);
  const seen = part ? cropBox(prepared.image, part) : prepared.image;
  const map = probabilities ? new ProbabilityMap(seen, kind) : undefined;
  const fields = { ...config, inference: { ...config.inference, ...inference } };
  const found = await segmentVolume(model, seen, fields, {
    origin,
    ...(onProgress && { onProgress }),
    ...(map && { onLogits: map.add }),
  });
  const back = (part ? transform.cropped(part) : transform).inverse();
  const { labelInterpolation, separateSlices } = preprocessing;
  const labels = back.apply(found, labelInterpolation, { separateSlices, outside: 0 });
  const scores = map && nativeScores(map.finish(), back, kind);
  return {
    labels: box ? within(labels, box, []) : labels,
    ...(scores && { probabilities: box ? within(scores, box, OUTSIDE[kind]) : scores }),
    ...(box && { box }),
    notes,
  };
}

/** Probabilities on the image's own grid. What was not looked at is background. */
function nativeScores(
  map: Volume<Float32Array>,
  back: SpatialTransform,
  kind: 'classes' | 'regions',
): Volume<Float32Array> {
  const scores = back.apply(map, 'linear', { outside: 0 });
  if (kind === 'classes') fillBackground(scores);
  return scores;
}

/** Makes the background what the other classes leave. */
function fillBackground({ data, channels }: Volume<Float32Array>): void {
  for (let start = 0; start < data.length; start += channels) {
    let others = 0;
    for (let channel = 1; channel < channels; channel++) others += data[start + channel] ?? 0;
    data[start] = Math.max(0, 1 - others);
  }
}

/** Probabilities where nothing was looked for. */
const OUTSIDE = { classes: [1], regions: [] } as const;

/** A volume of which only a box is left; `outside` stands around it, one for each channel. */
function within<Voxels extends Uint8Array | Float32Array>(
  volume: Volume<Voxels>,
  box: Box,
  outside: readonly number[],
): Volume<Voxels> {
  const [d, h, w] = box.origin;
  const around: Box = { origin: [-d, -h, -w], shape: volume.shape };
  return { ...volume, data: cropBox(cropBox(volume, box), around, outside).data };
}

function checkSize({ shape }: Volume, channels: number, origin: string): void {
  if (volumeOf(shape) * channels <= MOST_NUMBERS) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `${origin}: probabilities of ${channels} classes on [${shape.join(', ')}] voxels take ` +
      `${Math.round((volumeOf(shape) * channels) / 2 ** 28)} GiB, more than one file holds.`,
    'Predict it without --probabilities.',
    { path: origin, reason: 'size of probabilities' },
  );
}
