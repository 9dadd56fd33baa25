import type { Shape3, Volume } from '@voxmim/core';
import { planWindows, type ScoreWindows } from '@voxmim/segmentation';
import { cropBox } from '@voxmim/volumes';

import type { WorkOptions } from '../trained-model.js';

/**
 * The mean of a model's features over the windows of a volume that lie side by side.
 *
 * @param image at least as large as a window
 * @returns one number per feature
 */
export async function embedWindows(
  score: ScoreWindows,
  image: Volume<Float32Array>,
  window: Shape3,
  { onProgress, signal }: WorkOptions,
): Promise<Float32Array> {
  const { starts } = planWindows(image.shape, window, [0, 0, 0]);
  let sums = new Float64Array(0);
  let cells = 0;
  for (const [index, origin] of starts.entries()) {
    signal?.throwIfAborted();
    const { data } = cropBox(image, { origin, shape: window });
    const { values, shape } = await score({ values: data, shape: [1, ...window, image.channels] });
    const features = shape[4];
    if (index === 0) sums = new Float64Array(features);
    values.forEach((value, at) => {
      sums[at % features] = (sums[at % features] ?? 0) + value;
    });
    cells += values.length / features;
    onProgress?.(index + 1, starts.length);
  }
  return Float32Array.from(sums, (sum) => sum / cells);
}
