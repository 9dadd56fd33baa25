import { join } from 'node:path';

import { zipAxes, type Shape3, type Volume } from '@voxmim/core';
import { createPhantom, phantomClasses } from '@voxmim/datasets';
import { cropBox } from '@voxmim/volumes';
import { writeVolume } from '@voxmim/formats/node';

/** Cases of the data set: two to train, one to steer and one to judge. */
const COUNT = 4;

/** Voxels per axis of each volume: more than a crop along every axis, and not a cube. */
export const nativeShape: Shape3 = [20, 28, 36];

/** The part of a run's config that says which volumes it sees. */
export function dataConfig(root: string): object {
  return {
    path: join(root, 'data'),
    classes: phantomClasses,
    split: { validation: 1, test: 1 },
    preprocessing: { intensity: { kind: 'zScore', mask: 'all' } },
    cache: null,
    workers: 0,
  };
}

/** Writes the middle of a few phantoms as a data set of NIfTI files. */
export async function writeSmallPhantoms(root: string): Promise<void> {
  for (let index = 0; index < COUNT; index++) {
    const { image, labels } = createPhantom({ seed: 0, index });
    const path = (folder: string) => join(root, 'data', folder, `case_${index}.nii.gz`);
    await writeVolume(path('imagesTr'), middle(image), { kind: 'image' });
    await writeVolume(path('labelsTr'), middle(labels), { kind: 'labels' });
  }
}

/** The voxels around the center; where they lie in the body does not matter here. */
function middle<Voxels extends Int16Array | Uint8Array>(volume: Volume<Voxels>): Volume<Voxels> {
  const origin = zipAxes(volume.shape, nativeShape, (whole, part) => (whole - part) >> 1);
  return cropBox(volume, { origin, shape: nativeShape });
}
