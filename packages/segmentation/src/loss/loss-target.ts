import * as tf from '@tensorflow/tfjs-core';

/**
 * Overlapping classes, each a set of label values: BraTS's tumor core, whole tumor and enhancing
 * tumor are `[[1, 4], [1, 2, 4], [4]]`. A voxel may belong to several or to none.
 */
export type Regions = readonly (readonly number[])[];

/** Labels against which logits are scored, made once per loss. */
export interface LossTarget {
  /** `[B, N, C]`, 0 or 1; N voxels. Rows sum to 1 unless classes are regions. */
  readonly classes: tf.Tensor3D;
  /** Whether classes may overlap: each logit then has its own sigmoid. */
  readonly overlapping: boolean;
}

/**
 * @param labels int32 `[B, D, H, W]`
 * @param numClasses channels of the logits
 */
export function lossTarget(labels: tf.Tensor4D, numClasses: number, regions?: Regions): LossTarget {
  const [batch] = labels.shape;
  const values = regions ? 1 + Math.max(0, ...regions.flat()) : numClasses;
  // Cast, not the op's own dtype: wasm ignores that one.
  const oneHot = tf.cast(tf.oneHot(tf.reshape(labels, [-1]), values), 'float32');
  if (!regions) return { classes: tf.reshape(oneHot, [batch, -1, values]), overlapping: false };
  const membership = Array.from({ length: values }, (_, value) =>
    regions.map((region) => (region.includes(value) ? 1 : 0)),
  );
  const classes = tf.matMul(oneHot, tf.tensor2d(membership));
  return { classes: tf.reshape(classes, [batch, -1, regions.length]), overlapping: true };
}

/**
 * Labels on a coarser grid: those of the voxels in the middle of each cell.
 *
 * @param labels int32 `[B, D, H, W]`
 * @param shape `[B, d, h, w, C]` whose grid is wanted
 */
export function labelsAt(labels: tf.Tensor4D, shape: readonly number[]): tf.Tensor4D {
  return [1, 2, 3].reduce((coarse, axis) => {
    const extent = labels.shape[axis] ?? 1;
    const cells = shape[axis] ?? 1;
    if (cells === extent) return coarse;
    const middles = Int32Array.from({ length: cells }, (_, cell) =>
      Math.floor(((cell + 0.5) * extent) / cells),
    );
    return tf.gather(coarse, tf.tensor1d(middles, 'int32'), axis);
  }, labels);
}
