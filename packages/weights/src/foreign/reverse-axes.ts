import { volumeOf, type Shape3 } from '@voxmim/core';

import type { StoredTensor } from '../safetensors/stored-tensor.js';
import { permute } from './permute.js';

/** `[out, in, x, y, z]` to `[out, in, z, y, x]`. */
export function reverseKernel(kernel: StoredTensor): StoredTensor | undefined {
  return permute(kernel, kernel.shape, [0, 1, 4, 3, 2]);
}

/**
 * The weight of a patch embedding to `[out, pd · ph · pw · in]`, from a convolution
 * `[out, in, x, y, z]` or from a linear layer `[out, px · py · pz · in]` over patches of our
 * `patchSize` `[pd, ph, pw]`.
 */
export function reversePatches(weight: StoredTensor, patchSize: Shape3): StoredTensor | undefined {
  const [out = 0, ...rest] = weight.shape;
  const voxels = volumeOf(patchSize);
  const values = rest.reduce((product, extent) => product * extent, 1);
  const channels = values / voxels;
  if (!Number.isInteger(channels)) return undefined;
  const [depth, height, width] = patchSize;
  const moved =
    rest.length === 4
      ? permute(weight, weight.shape, [0, 4, 3, 2, 1])
      : permute(weight, [out, width, height, depth, channels], [0, 3, 2, 1, 4]);
  return moved && { shape: [out, values], values: moved.values };
}

/** Positions `[…, x · y · z, channels]` to `[1, z · y · x, channels]` of our grid `[z, y, x]`. */
export function reversePositions(
  positions: StoredTensor,
  [depth, height, width]: Shape3,
): StoredTensor | undefined {
  const channels = positions.shape.at(-1) ?? 0;
  const moved = permute(positions, [width, height, depth, channels], [2, 1, 0, 3]);
  return moved && { shape: [1, depth * height * width, channels], values: moved.values };
}

/** The grid `[d, h, w]` of so many tokens: the wanted one where it has as many, else a cube. */
export function gridOf(tokens: number, wanted: Shape3): Shape3 | undefined {
  if (tokens === volumeOf(wanted)) return wanted;
  const edge = Math.round(Math.cbrt(tokens));
  return edge ** 3 === tokens ? [edge, edge, edge] : undefined;
}
