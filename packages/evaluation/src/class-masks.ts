import { type Shape3, volumeOf } from '@voxmim/core';

/** One class of a prediction and its truth, cut to the smallest box that holds both. */
export interface ClassMasks {
  readonly label: number;
  readonly predictedVoxels: number;
  readonly truthVoxels: number;
  readonly sharedVoxels: number;
  /** Of the box; zero along every axis when the class is in neither. */
  readonly shape: Shape3;
  /** `[D, H, W]` of the box. */
  readonly predicted: Uint8Array;
  readonly truth: Uint8Array;
}

/** Counts and extents of one class, gathered while passing over the voxels. */
interface Extent {
  predicted: number;
  truth: number;
  shared: number;
  readonly low: [number, number, number];
  readonly high: [number, number, number];
}

/**
 * Finds all classes in one pass over two label maps of the same shape. Masks are cut lazily, one
 * class at a time, so that a hundred classes cost little memory.
 *
 * @param numClasses labels from this on are passed over
 */
export function* classMasks(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  shape: Shape3,
  numClasses: number,
): Generator<ClassMasks> {
  const extents = gather(predicted, truth, shape, numClasses);
  for (const [label, { low, high, ...counts }] of extents.entries()) {
    const size = (axis: 0 | 1 | 2) => Math.max(0, high[axis] - low[axis] + 1);
    const box: Shape3 = [size(0), size(1), size(2)];
    yield {
      label,
      predictedVoxels: counts.predicted,
      truthVoxels: counts.truth,
      sharedVoxels: counts.shared,
      shape: box,
      predicted: cut(predicted, shape, low, box, label),
      truth: cut(truth, shape, low, box, label),
    };
  }
}

function gather(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  [depth, height, width]: Shape3,
  numClasses: number,
): Extent[] {
  const extents = Array.from({ length: numClasses }, (): Extent => ({
    predicted: 0,
    truth: 0,
    shared: 0,
    low: [depth, height, width],
    high: [-1, -1, -1],
  }));
  let index = 0;
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      for (let w = 0; w < width; w++, index++) {
        const [found, wanted] = [predicted[index], truth[index]];
        const [first, second] = [extents.at(found), extents.at(wanted)];
        if (first) count(first, d, h, w).predicted += 1;
        if (second) count(second, d, h, w).truth += 1;
        if (second && found === wanted) second.shared += 1;
      }
    }
  }
  return extents;
}

function count(extent: Extent, d: number, h: number, w: number): Extent {
  const { low, high } = extent;
  if (d < low[0]) low[0] = d;
  if (h < low[1]) low[1] = h;
  if (w < low[2]) low[2] = w;
  if (d > high[0]) high[0] = d;
  if (h > high[1]) high[1] = h;
  if (w > high[2]) high[2] = w;
  return extent;
}

function cut(
  labels: ArrayLike<number>,
  [, height, width]: Shape3,
  [d0, h0, w0]: readonly [number, number, number],
  box: Shape3,
  label: number,
): Uint8Array {
  const mask = new Uint8Array(volumeOf(box));
  let target = 0;
  for (let d = 0; d < box[0]; d++) {
    for (let h = 0; h < box[1]; h++) {
      const row = ((d + d0) * height + h + h0) * width + w0;
      for (let w = 0; w < box[2]; w++) mask[target++] = labels[row + w] === label ? 1 : 0;
    }
  }
  return mask;
}
