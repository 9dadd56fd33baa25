import { VoxmimError, type DatasetCase, type VolumeReaders } from '@voxmim/core';
import { isNiftiName } from '@voxmim/formats/node';

import type { RegionsConfig } from '@voxmim/volumes';

/** Every file of cases: images, slices of series, label maps. */
export function filesOf(cases: readonly DatasetCase[]): string[] {
  return cases.flatMap(({ images, series, label }) => [
    ...(series?.files ?? images),
    ...(label === undefined ? [] : [label]),
  ]);
}

/** How a data set lies on disk, in words. */
export const layoutNames = {
  decathlon: 'Medical Segmentation Decathlon (dataset.json)',
  nnunet: 'nnU-Net raw (dataset.json with channel_names)',
  bids: 'BIDS (sub-*)',
  folders: 'imagesTr and labelsTr',
  images: 'a folder of images',
  pattern: 'files by pattern',
  list: 'a list of files',
  dicom: 'DICOM, one case per series',
  file: 'one file',
} as const;
export type LayoutName = keyof typeof layoutNames;

/** What a folder holds. Of NIfTI files nothing but names has been read. */
export interface Dataset {
  readonly name: string;
  readonly layout: LayoutName;
  readonly root: string;
  /** Class names, background first; empty where nothing tells them. */
  readonly classes: readonly string[];
  /** What took the images, as DICOM calls it, where the description tells. */
  readonly modality?: string;
  /** Overlapping regions to learn in place of classes, where the data set names them. */
  readonly regions?: RegionsConfig;
  readonly cases: readonly DatasetCase[];
  /** What looks wrong but stops nothing, such as an image without a label. */
  readonly problems: readonly string[];
}

/** Whether a file of this name is a volume: NIfTI, or what `readers` know. */
export function isVolumeName(name: string, readers: VolumeReaders): boolean {
  return isNiftiName(name) || readers.find(name) !== undefined;
}

/** A path without the extension of a volume. */
export function withoutExtension(path: string): string {
  return path.replace(/\.(nii|hdr|img)(\.gz)?$/i, '');
}

/** A line about images without labels, where others have them. */
export function unlabeled(cases: readonly DatasetCase[]): string[] {
  const without = cases.filter(({ label }) => label === undefined);
  if (without.length === 0 || without.length === cases.length) return [];
  return [`${without.length} of ${cases.length} images have no label, such as ${listed(without)}.`];
}

/** The first few ids, for a message. */
export function listed(cases: readonly { readonly id: string }[]): string {
  const ids = cases.slice(0, 5).map(({ id }) => id);
  return ids.join(', ');
}

/** The error for a label map whose image is missing. */
export function labelWithoutImage(path: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `The label ${path} has no image of the same name.`,
    'Add the image, or remove the label.',
    { path, reason: 'label without image' },
  );
}

/** The error for a place without volumes. */
export function nothingIn(path: string, sought = 'NIfTI files'): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${path} holds no ${sought}.`,
    'Put .nii or .nii.gz files there, or give a data set in one of the layouts that @voxmim/datasets lists, or a pattern.',
    { path },
  );
}
