import type { Shape3, Volume } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/** First voxels of as few crops as cover an axis, evenly spaced. */
function startsAlong(extent: number, crop: number): number[] {
  const count = Math.max(1, Math.ceil(extent / crop));
  const room = Math.max(0, extent - crop);
  return Array.from({ length: count }, (_, at) =>
    count === 1 ? Math.floor(room / 2) : Math.round((at * room) / (count - 1)),
  );
}

/** Where crops lie that cover a volume. */
export function coveringOrigins(shape: Shape3, crop: Shape3): Shape3[] {
  const [depths, heights, widths] = [0, 1, 2].map((axis) =>
    startsAlong(shape[axis] ?? 1, crop[axis] ?? 1),
  );
  return (depths ?? []).flatMap((d) =>
    (heights ?? []).flatMap((h) => (widths ?? []).map((w): Shape3 => [d, h, w])),
  );
}

/**
 * The mean over crops that cover a volume of what is found of each.
 *
 * @param image at least as large as a crop
 * @param of `[B, D, H, W, C]` to `[B, n]`; runs inside a tidy
 * @param batchSize crops that are looked at together
 */
export async function meanOverCrops(
  image: Volume<Float32Array>,
  crop: Shape3,
  of: (crops: tf.Tensor5D) => tf.Tensor2D,
  batchSize: number,
): Promise<Float32Array> {
  const origins = coveringOrigins(image.shape, crop);
  let total = new Float64Array(0);
  for (let from = 0; from < origins.length; from += batchSize) {
    const batch = origins.slice(from, from + batchSize);
    const sums = tf.tidy(() => {
      const whole = tf.tensor4d(image.data, [...image.shape, image.channels]);
      const size: [number, number, number, number] = [...crop, image.channels];
      const crops = batch.map((origin) => tf.slice4d(whole, [...origin, 0], size));
      return tf.sum(of(tf.stack(crops) as tf.Tensor5D), 0);
    });
    const found = await sums.data<'float32'>();
    sums.dispose();
    if (total.length === 0) total = new Float64Array(found.length);
    found.forEach((value, at) => (total[at] = (total[at] ?? 0) + value));
  }
  return Float32Array.from(total, (value) => value / origins.length);
}
