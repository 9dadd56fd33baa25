import { tile, volumeOf, type Shape3, type Volume } from '@voxmim/core';

/** A map on a coarser grid, repeated to the voxels under each of its cells; channels stay. */
export function spreadOver(
  { data, shape, channels, affine }: Volume,
  voxels: Shape3,
): Volume<Float32Array> {
  const [cd, ch, cw] = tile(voxels, shape);
  const [, height, width] = voxels;
  const spread = new Float32Array(volumeOf(voxels) * channels);
  for (let at = 0; at < spread.length; at += 1) {
    const voxel = Math.floor(at / channels);
    const [d, h] = [Math.floor(voxel / (height * width)), Math.floor(voxel / width) % height];
    const row = Math.floor(d / cd) * shape[1] + Math.floor(h / ch);
    const cell = row * shape[2] + Math.floor((voxel % width) / cw);
    spread[at] = data[cell * channels + (at % channels)] ?? 0;
  }
  return { data: spread, shape: voxels, channels, affine };
}

/** One number per voxel of many: the mean size of its components, for a picture. */
export function componentSizes(volume: Volume): Volume<Float32Array> {
  const { data, shape, channels } = volume;
  const sizes = new Float32Array(volumeOf(shape));
  for (let at = 0; at < data.length; at += 1) {
    const voxel = Math.floor(at / channels);
    sizes[voxel] = (sizes[voxel] ?? 0) + Math.abs(data[at] ?? 0) / channels;
  }
  return { ...volume, data: sizes, channels: 1 };
}
