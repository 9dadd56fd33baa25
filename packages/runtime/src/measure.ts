import { conv3d } from '@voxmim/nn';
import * as tf from '@tensorflow/tfjs-core';

/** How fast the current backend is, in 10⁹ floating point operations a second. */
export interface Speed {
  /** 512 × 512 × 512. */
  readonly matMul: number;
  /** 3×3×3, 16 to 16 channels, on 24³. */
  readonly conv3d: number;
}

const PRODUCT_FLOPS = 2 * 512 ** 3;
const CONVOLUTION_FLOPS = 2 * 24 ** 3 * 27 * 16 * 16;

/**
 * Measures the current backend, about a second for each number. For a first impression; the
 * benchmarks measure whole training steps.
 */
export async function measureSpeed(secondsEach = 1): Promise<Speed> {
  const matrix = tf.fill<tf.Rank.R2>([512, 512], 0.5);
  const volume = tf.fill<tf.Rank.R5>([1, 24, 24, 24, 16], 0.5);
  const weight = tf.fill<tf.Rank.R5>([16, 16, 3, 3, 3], 0.5);
  try {
    return {
      matMul: await rate(PRODUCT_FLOPS, secondsEach, () => tf.matMul(matrix, matrix)),
      conv3d: await rate(CONVOLUTION_FLOPS, secondsEach, () =>
        conv3d(volume, weight, { padding: [1, 1, 1] }),
      ),
    };
  } finally {
    tf.dispose([matrix, volume, weight]);
  }
}

/** Reads one number per run, so that lazy engines compute it. The first run is not counted. */
async function rate(flops: number, seconds: number, compute: () => tf.Tensor): Promise<number> {
  const once = async () => {
    const probe = tf.tidy(() => tf.sum(compute()));
    await probe.data();
    probe.dispose();
  };
  await once();
  const begun = performance.now();
  let runs = 0;
  do {
    await once();
    runs += 1;
  } while (performance.now() - begun < seconds * 1000);
  return (flops * runs) / ((performance.now() - begun) * 1e6);
}
