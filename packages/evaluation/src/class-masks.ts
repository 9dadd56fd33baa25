import { type Shape3, volumeOf, VoxmimError } from '@voxmim/core';

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

/**
 * Finds all classes in one pass over two label maps of the same shape. Masks are cut one class at a
 * time, so that a hundred classes cost little memory.
 *
 * @param numClasses background included; it is class 0 and is not yielded
 * @throws `INVALID_DATA` for a label that is no integer from 0 up to `numClasses`
 */
export function* classMasks(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  shape: Shape3,
  numClasses: number,
): Generator<ClassMasks> {
  const extents = new ClassExtents(numClasses);
  gather(predicted, truth, shape, extents);
  for (let label = 1; label < numClasses; label++) {
    const low = extents.low(label);
    const box = extents.shape(label);
    yield {
      label,
      predictedVoxels: extents.predicted[label],
      truthVoxels: extents.truth[label],
      sharedVoxels: extents.shared[label],
      shape: box,
      predicted: cut(predicted, shape, low, box, label),
      truth: cut(truth, shape, low, box, label),
    };
  }
}

/** Counts and boxes of all classes, gathered run by run. */
class ClassExtents {
  readonly predicted: Float64Array;
  readonly truth: Float64Array;
  readonly shared: Float64Array;
  readonly #lows: Int32Array;
  readonly #highs: Int32Array;

  constructor(readonly numClasses: number) {
    this.predicted = new Float64Array(numClasses);
    this.truth = new Float64Array(numClasses);
    this.shared = new Float64Array(numClasses);
    this.#lows = new Int32Array(3 * numClasses).fill(0x7fffffff);
    this.#highs = new Int32Array(3 * numClasses).fill(-1);
  }

  low(label: number): Shape3 {
    const at = 3 * label;
    return [this.#lows[at], this.#lows[at + 1], this.#lows[at + 2]];
  }

  shape(label: number): Shape3 {
    const size = (axis: number) =>
      Math.max(0, this.#highs[3 * label + axis] - this.#lows[3 * label + axis] + 1);
    return [size(0), size(1), size(2)];
  }

  /** Widens the box of a class by voxels `from … to - 1` of a row. */
  widen(label: number, d: number, h: number, from: number, to: number): void {
    const lows = this.#lows;
    const highs = this.#highs;
    const at = 3 * label;
    if (d < lows[at]) lows[at] = d;
    if (h < lows[at + 1]) lows[at + 1] = h;
    if (from < lows[at + 2]) lows[at + 2] = from;
    if (d > highs[at]) highs[at] = d;
    if (h > highs[at + 1]) highs[at + 1] = h;
    if (to - 1 > highs[at + 2]) highs[at + 2] = to - 1;
  }
}

/** Passes over the voxels in runs of one pair of labels; rows are mostly a few long ones. */
function gather(
  predicted: ArrayLike<number>,
  truth: ArrayLike<number>,
  [depth, height, width]: Shape3,
  extents: ClassExtents,
): void {
  for (let d = 0; d < depth; d++) {
    for (let h = 0; h < height; h++) {
      const row = (d * height + h) * width;
      for (let from = 0; from < width;) {
        const found = predicted[row + from];
        const wanted = truth[row + from];
        let to = from + 1;
        while (to < width && predicted[row + to] === found && truth[row + to] === wanted) to += 1;
        checkLabel(found, extents.numClasses, 'prediction');
        checkLabel(wanted, extents.numClasses, 'truth');
        extents.predicted[found] += to - from;
        extents.truth[wanted] += to - from;
        if (found === wanted) extents.shared[found] += to - from;
        if (found !== 0) extents.widen(found, d, h, from, to);
        if (wanted !== 0) extents.widen(wanted, d, h, from, to);
        from = to;
      }
    }
  }
}

function checkLabel(label: number, numClasses: number, side: 'prediction' | 'truth'): void {
  if (label >= 0 && label < numClasses && Number.isInteger(label)) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `The ${side} holds the label ${label}, but there are ${numClasses} classes, background included.`,
    'Name every class, or map the labels to 0, 1, 2, … first.',
    { path: '', reason: `label ${label} outside the ${numClasses} classes` },
  );
}

function cut(
  labels: ArrayLike<number>,
  [, height, width]: Shape3,
  [d0, h0, w0]: Shape3,
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
