import { affinesAgree, type Volume, VoxmimError, type VolumeReaders } from '@voxmim/core';

import { readVolume } from '@voxmim/formats/node';

/**
 * Reads a label map.
 *
 * @param numClasses labels must be whole numbers from 0 to `numClasses - 1`
 * @param image the image it belongs to: shapes and places in the world must agree
 * @param readers of formats that are not built in
 * @throws `INVALID_DATA` for another grid or labels outside the classes; what `readVolume` throws
 */
export async function readLabels(
  path: string,
  numClasses: number,
  image?: Volume,
  readers?: VolumeReaders,
): Promise<Volume<Uint8Array>> {
  const volume = await readVolume(path, readers);
  if (image) checkGrid(path, volume, image);
  const data = new Uint8Array(volume.data.length);
  for (let index = 0; index < data.length; index++) {
    const label = volume.data[index];
    if (!Number.isInteger(label) || label < 0 || label >= numClasses) {
      throw new VoxmimError(
        'INVALID_DATA',
        `${path} has the label ${label}; the data set has the classes 0 to ${numClasses - 1}.`,
        'Correct the label map, or add the class to "labels" in dataset.json.',
        { path, reason: 'label outside the classes' },
      );
    }
    data[index] = label;
  }
  return { ...volume, data };
}

function checkGrid(path: string, labels: Volume, image: Volume): void {
  const isSameShape = labels.shape.every((extent, axis) => extent === image.shape[axis]);
  if (
    isSameShape &&
    labels.channels === 1 &&
    affinesAgree(labels.affine, image.affine, image.shape, 0.1)
  ) {
    return;
  }
  const found = `[${labels.shape.join(', ')}]`;
  throw new VoxmimError(
    'INVALID_DATA',
    isSameShape
      ? `${path} lies elsewhere in the world than its image, though its shape ${found} agrees.`
      : `${path} has the shape ${found} and its image [${image.shape.join(', ')}].`,
    'Resample the labels onto the grid of the image first.',
    { path, reason: 'label on another grid than its image' },
  );
}
