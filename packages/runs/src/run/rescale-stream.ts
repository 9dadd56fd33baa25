import { hasResidualStream, type Encoder, type HostCrops } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Brings the residual stream of an encoder to size 1 behind its last block, as measured on a few crops.
 * What it computes behind its final norm stays the same.
 *
 * @returns the size that it had, root mean square; null where the encoder has no such stream, or one
 *   that is empty
 */
export async function rescaleStream(encoder: Encoder, crops: HostCrops): Promise<number | null> {
  if (!hasResidualStream(encoder)) return null;
  const measured = tf.tidy(() => encoder.streamSize(tf.tensor5d(crops.voxels, crops.shape)));
  const [size = 0] = await measured.data<'float32'>();
  measured.dispose();
  if (!(size > 0)) return null;
  encoder.divideStream(size);
  return size;
}

/** What was done, for the transfer table. */
export function rescalingText(size: number): string {
  return (
    `rescaled: the residual stream is divided by ${size.toPrecision(3)}, its size on training crops ` +
    '(root mean square behind the last block), so that levels are of the size that a new head expects; the ' +
    'final features are the same (from.rescale=false leaves it alone)'
  );
}
