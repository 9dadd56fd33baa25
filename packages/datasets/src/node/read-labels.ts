import { affinesAgree, type Volume, VoxmimError, type VolumeReaders } from '@voxmim/core';

import { readWithNotes } from '@voxmim/formats/node';
import { noWholeLabel, wholeLabel } from '@voxmim/volumes';

/** More classes than this do not fit one byte a voxel. */
const MOST_CLASSES = 256;

/** A label map, and what somebody should know about it, without its path. */
export interface ReadLabels<Voxels extends Uint8Array | Int32Array> extends Volume<Voxels> {
  readonly notes: readonly string[];
}

/**
 * Reads a label map. Values within 1e-2 of a whole number are that number.
 *
 * @param numClasses labels must be whole numbers from 0 to `numClasses - 1`, and to 255 at most
 * @param image the image it belongs to: shapes and places in the world must agree
 * @param readers of formats that are not built in
 * @throws `INVALID_DATA` for another grid or labels outside the classes; what `readVolume` throws
 */
export async function readLabels(
  path: string,
  numClasses: number,
  image?: Volume,
  readers?: VolumeReaders,
): Promise<ReadLabels<Uint8Array>> {
  const volume = await readLabelMap(path, readers);
  if (image) checkGrid(path, volume, image);
  const classes = Math.min(numClasses, MOST_CLASSES);
  const beyond = volume.data.find((label) => label >= classes);
  if (beyond === undefined) return { ...volume, data: Uint8Array.from(volume.data) };
  throw outside(
    path,
    `the label ${beyond}; the data set has the classes 0 to ${classes - 1}`,
    beyond < MOST_CLASSES
      ? 'Correct the label map, or add the class to "labels" in dataset.json.'
      : 'Give its classes numbers of at most 255: labels are never cut down to fewer bits.',
  );
}

/**
 * Reads a label map with whatever numbers it has: labels of FreeSurfer go beyond 255.
 *
 * @throws `INVALID_DATA` for labels that are negative or no whole numbers; what `readVolume` throws
 */
export async function readLabelMap(
  path: string,
  readers?: VolumeReaders,
): Promise<ReadLabels<Int32Array>> {
  const { volume, notes } = await readWithNotes(path, { readers });
  let rounded: number | undefined;
  const data = new Int32Array(volume.data.length);
  for (let index = 0; index < data.length; index++) {
    const label = wholeLabel(volume.data[index]);
    if (label === undefined) throw noWholeLabel(volume.data[index], path);
    if (label < 0 || label > MOST_LABEL) {
      throw outside(path, `the label ${label}`, `Give labels numbers from 0 to ${MOST_LABEL}.`);
    }
    if (label !== volume.data[index]) rounded ??= volume.data[index];
    data[index] = label;
  }
  const { shape, channels, affine } = volume;
  return { data, shape, channels, affine, notes: [...notes, ...roundedNote(rounded)] };
}

function roundedNote(value: number | undefined): string[] {
  return value === undefined
    ? []
    : [
        `its labels are no whole numbers, such as ${Number(value.toPrecision(6))}; the nearest are taken.`,
      ];
}

/** What 32 bits hold. */
const MOST_LABEL = 2 ** 31 - 1;

function outside(path: string, what: string, remedy: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError('INVALID_DATA', `${path} has ${what}.`, remedy, {
    path,
    reason: 'label outside the classes',
  });
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
