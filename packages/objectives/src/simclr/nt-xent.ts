import * as tf from '@tensorflow/tfjs-core';

/** Added where a view would be compared with itself: its share in the softmax is exactly 0. */
const EXCLUDED = -1e9;

/** What {@link ntXent} is given beside the two views. */
export interface NtXentOptions {
  readonly temperature: number;
  /** `[K, P]`, further negatives for every view, of unit length; constants to the gradient. */
  readonly negatives?: tf.Tensor2D;
}

/**
 * The normalized temperature-scaled cross entropy: each of the 2B views must pick its partner among
 * the other 2B - 1 and the K further negatives by cosine similarity; the mean over views.
 *
 * Source: Chen et al., arXiv:2002.05709; numbers as MONAI's `ContrastiveLoss` and, without further
 * negatives, lightly's `NTXentLoss`. Where lightly's memory bank takes the place of the negatives in
 * the batch, here it adds to them.
 *
 * @param first `[B, P]`, of unit length: see {@link unitLength}
 * @param second `[B, P]`, the partner of each
 */
export function ntXent(
  first: tf.Tensor2D,
  second: tf.Tensor2D,
  { temperature, negatives }: NtXentOptions,
): tf.Scalar {
  return tf.tidy(() => {
    const [batch] = first.shape;
    const views = tf.concat([first, second], 0); // [2B, P]
    const among = tf.add(similarities(views, views, temperature), selves(2 * batch));
    const logits = negatives
      ? tf.concat([among, similarities(views, negatives, temperature)], 1) // [2B, 2B + K]
      : among;
    const partners = partnersOf(batch, logits.shape[1] ?? 0);
    const chosen = tf.sum<tf.Scalar>(tf.mul(tf.logSoftmax(logits), partners));
    return tf.div(tf.neg(chosen), 2 * batch);
  });
}

/** Scales each row to length 1; a row of zeros stays zero. */
export function unitLength(rows: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const squares = tf.sum(tf.square(rows), 1, true);
    return tf.div(rows, tf.sqrt(tf.add(squares, 1e-12)));
  });
}

function similarities(left: tf.Tensor2D, right: tf.Tensor2D, temperature: number): tf.Tensor2D {
  return tf.div(tf.matMul(left, right, false, true), temperature);
}

/** `[views, views]`, {@link EXCLUDED} on the diagonal. */
function selves(views: number): tf.Tensor2D {
  const values = new Float32Array(views * views);
  for (let view = 0; view < views; view++) values[view * views + view] = EXCLUDED;
  return tf.tensor2d(values, [views, views]);
}

/** `[2B, columns]`, 1 where the column is the partner of the row: B further, or B before. */
function partnersOf(batch: number, columns: number): tf.Tensor2D {
  const values = new Float32Array(2 * batch * columns);
  for (let view = 0; view < 2 * batch; view++) {
    values[view * columns + ((view + batch) % (2 * batch))] = 1;
  }
  return tf.tensor2d(values, [2 * batch, columns]);
}
