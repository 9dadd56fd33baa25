import type { Shape3, Vector3 } from '@voxmim/core';

import { gaussianWeights } from './gaussian-weights.js';
import type { Samples } from './spline.js';

/**
 * Takes out the detail that steps of more than one voxel cannot show: a Gaussian along each axis that
 * shrinks, of standard deviation `(step - 1) / 2` voxels. Beyond the border the border voxel counts.
 *
 * Source: `skimage.transform.resize(anti_aliasing=True)`, which MONAI's `Resize` follows.
 *
 * @param steps source voxels per target voxel
 */
export function blurredForSteps(samples: Samples, steps: Vector3): Samples {
  let blurred = samples;
  for (const axis of [0, 1, 2] as const) {
    const deviation = (steps[axis] - 1) / 2;
    if (deviation > 1e-3) blurred = blurredAlong(blurred, axis, gaussianWeights(deviation));
  }
  return blurred;
}

function blurredAlong(
  { data, shape, channels }: Samples,
  axis: 0 | 1 | 2,
  weights: Float64Array,
): Samples {
  const stride = strideAlong(shape, channels, axis);
  const last = shape[axis] - 1;
  const blurred = new (data instanceof Float32Array ? Float32Array : Float64Array)(data.length);
  for (let block = 0; block < data.length; block += (last + 1) * stride) {
    for (let index = 0; index <= last; index++) {
      const to = block + index * stride;
      for (let distance = 0; distance < weights.length; distance++) {
        const before = block + Math.max(0, index - distance) * stride;
        const after = block + Math.min(last, index + distance) * stride;
        const weight = distance === 0 ? weights[0] / 2 : weights[distance];
        for (let lane = 0; lane < stride; lane++) {
          blurred[to + lane] += weight * (data[before + lane] + data[after + lane]);
        }
      }
    }
  }
  return { data: blurred, shape, channels };
}

function strideAlong(shape: Shape3, channels: number, axis: 0 | 1 | 2): number {
  return shape.slice(axis + 1).reduce((product, extent) => product * extent, channels);
}
