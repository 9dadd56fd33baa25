import type { ScoreWindows, WindowBatch } from './score-windows.js';

/** Sets of spatial axes to mirror, beside none at all; in the order in which images are added up. */
export const mirrors = [[1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]] as const;

/** Averages a model over the eight mirror images of its input, each mirrored back; on arrays. */
export function mirroredWindows(score: ScoreWindows): ScoreWindows {
  return async (windows) => {
    const sum = await score(windows);
    const total = Float32Array.from(sum.values);
    for (const axes of mirrors) {
      const found = reversed(await score(reversed(windows, axes)), axes);
      for (let index = 0; index < total.length; index++) total[index]! += found.values[index]!;
    }
    return { values: total.map((value) => value / (mirrors.length + 1)), shape: sum.shape };
  };
}

/** A batch with some of its axes turned round. */
function reversed({ values, shape }: WindowBatch, axes: readonly number[]): WindowBatch {
  const [batch, depth, height, width, channels] = shape;
  const place = (index: number, axis: number) =>
    axes.includes(axis) ? shape[axis]! - 1 - index : index;
  const turned = new Float32Array(values.length);
  let at = 0;
  for (let b = 0; b < batch; b++) {
    for (let d = 0; d < depth; d++) {
      for (let h = 0; h < height; h++) {
        const row = ((b * depth + place(d, 1)) * height + place(h, 2)) * width;
        for (let w = 0; w < width; w++) {
          const from = (row + place(w, 3)) * channels;
          turned.set(values.subarray(from, from + channels), at);
          at += channels;
        }
      }
    }
  }
  return { values: turned, shape };
}
