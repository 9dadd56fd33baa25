import { affinesAgree, volumeOf, VoxmimError, type Volume } from '@voxmim/core';

/**
 * Puts the images of one case (its modalities) side by side as channels, float32.
 *
 * @param paths where the images come from, for errors
 * @throws `INVALID_DATA` naming two that are not on one grid
 */
export function stackChannels(
  images: readonly Volume[],
  paths: readonly string[],
  caseId: string,
): Volume {
  const first = images.at(0);
  if (first === undefined) throw noImages(caseId);
  const rest = images.slice(1);
  if (rest.length === 0) return first;
  for (const [index, image] of rest.entries()) {
    checkGrid(first, image, paths[0], paths[index + 1]);
  }
  const channels = images.reduce((sum, image) => sum + image.channels, 0);
  const voxels = volumeOf(first.shape);
  const data = new Float32Array(voxels * channels);
  let offset = 0;
  for (const image of images) {
    interleave(image, data, offset, channels);
    offset += image.channels;
  }
  return { data, shape: first.shape, channels, affine: first.affine };
}

function interleave(image: Volume, target: Float32Array, offset: number, channels: number): void {
  for (let at = 0; at < image.data.length; at++) {
    const voxel = Math.floor(at / image.channels);
    target[voxel * channels + offset + (at % image.channels)] = image.data[at];
  }
}

function checkGrid(first: Volume, other: Volume, firstPath: string, otherPath: string): void {
  const sameShape = first.shape.every((extent, axis) => extent === other.shape[axis]);
  if (sameShape && affinesAgree(first.affine, other.affine, first.shape, 0.1)) return;
  throw new VoxmimError(
    'INVALID_DATA',
    sameShape
      ? `${otherPath} lies elsewhere in the world than ${firstPath}, though its shape agrees.`
      : `${otherPath} has the shape [${other.shape.join(', ')}] and ${firstPath} [${first.shape.join(', ')}].`,
    'Resample the modalities of a case onto one grid.',
    { path: otherPath, reason: 'grids differ' },
  );
}

function noImages(caseId: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `Case ${caseId} has no image.`,
    'Correct dataset.json, or add the file.',
    { path: caseId, reason: 'no image' },
  );
}
