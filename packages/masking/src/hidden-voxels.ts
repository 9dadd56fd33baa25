import { volumeOf, zipAxes, type Shape3 } from '@voxmim/core';

/**
 * The flag of the token over each voxel.
 *
 * @param hidden `[L]`, of one sample
 * @returns `[D, H, W]`; 1 is hidden
 */
export function hiddenVoxels(hidden: Uint8Array, gridShape: Shape3, patchSize: Shape3): Uint8Array {
  const shape = zipAxes(gridShape, patchSize, (extent, size) => extent * size);
  const [depth, height, width] = shape;
  const flags = new Uint8Array(volumeOf(shape));
  let voxel = 0;
  for (let d = 0; d < depth; d++) {
    const plane = Math.floor(d / patchSize[0]) * gridShape[1];
    for (let h = 0; h < height; h++) {
      const row = (plane + Math.floor(h / patchSize[1])) * gridShape[2];
      for (let w = 0; w < width; w++)
        flags[voxel++] = hidden[row + Math.floor(w / patchSize[2])] ?? 0;
    }
  }
  return flags;
}
