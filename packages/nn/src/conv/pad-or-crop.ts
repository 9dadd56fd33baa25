import * as tf from '@tensorflow/tfjs-core';

import type { Padding3 } from './conv-geometry.js';

/** Zeros around the three spatial axes; negative amounts crop. */
export function padOrCrop(x: tf.Tensor5D, padding: Padding3): tf.Tensor5D {
  const amounts = padding.flat();
  if (amounts.every((amount) => amount === 0)) return x;
  const [batch, depth, height, width, channels] = x.shape;
  const begin = padding.map(([before]) => Math.max(0, -before));
  const kept = [depth, height, width].map((extent, axis) => {
    const [before, after] = padding[axis] ?? [0, 0];
    return extent + Math.min(0, before) + Math.min(0, after);
  });
  const cropped = amounts.some((amount) => amount < 0)
    ? tf.slice(x, [0, ...begin, 0], [batch, ...kept, channels])
    : x;
  const pads = padding.map(([before, after]): [number, number] => [
    Math.max(0, before),
    Math.max(0, after),
  ]);
  return tf.pad(cropped, [[0, 0], ...pads, [0, 0]]);
}
