import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { VoxmimError } from '@voxmim/core';

import { decathlonDataset } from './decathlon.js';

/** One patient or scan. */
export interface DatasetCase {
  readonly id: string;
  /** One path per channel, or one of all channels. */
  readonly images: readonly string[];
  readonly label?: string;
}

/** What a folder holds. Nothing but names has been read. */
export interface Dataset {
  readonly name: string;
  readonly root: string;
  /** Class names, background first; empty where nothing tells them. */
  readonly classes: readonly string[];
  readonly cases: readonly DatasetCase[];
  /** What looks wrong but stops nothing, such as an image without a label. */
  readonly problems: readonly string[];
}

/**
 * Opens a data set: a folder with `dataset.json` (Medical Segmentation Decathlon), with `imagesTr` and
 * `labelsTr`, or with images alone.
 *
 * @throws `NOT_FOUND` for a missing or empty folder, `INVALID_FILE` for a damaged `dataset.json`,
 *   `INVALID_DATA` for a label without an image
 */
export async function openDataset(path: string): Promise<Dataset> {
  await requireFolder(path);
  const entries = await readdir(path);
  if (entries.includes('dataset.json')) {
    const file = join(path, 'dataset.json');
    return decathlonDataset(path, await readFile(file, 'utf8'), file);
  }
  if (entries.includes('imagesTr')) return folderPair(path, entries.includes('labelsTr'));
  const images = niftiNames(entries);
  if (images.length === 0) throw nothingIn(path);
  const cases = images.map((name) => ({ id: caseId(name), images: [join(path, name)] }));
  return { name: basename(path), root: path, classes: [], cases, problems: [] };
}

/** Names of NIfTI files, sorted; hidden files are left out. */
export function niftiNames(names: readonly string[]): string[] {
  return names.filter((name) => /^[^.].*\.(nii(\.gz)?|hdr(\.gz)?)$/i.test(name)).sort();
}

/** A file name without its folder, extension, and nnU-Net's channel number. */
export function caseId(path: string): string {
  return basename(path)
    .replace(/\.(nii|hdr|img)(\.gz)?$/i, '')
    .replace(/_0000$/, '');
}

async function folderPair(root: string, hasLabels: boolean): Promise<Dataset> {
  const images = niftiNames(await readdir(join(root, 'imagesTr')));
  const labels = hasLabels ? niftiNames(await readdir(join(root, 'labelsTr'))) : [];
  if (images.length === 0) throw nothingIn(join(root, 'imagesTr'));
  const labelOf = new Map(labels.map((name) => [caseId(name), join(root, 'labelsTr', name)]));
  const cases = images.map((name): DatasetCase => {
    const label = labelOf.get(caseId(name));
    const found = { id: caseId(name), images: [join(root, 'imagesTr', name)] };
    return label === undefined ? found : { ...found, label };
  });
  const known = new Set(cases.map(({ id }) => id));
  const orphan = [...labelOf].find(([id]) => !known.has(id));
  if (orphan) throw labelWithoutImage(orphan[1]);
  return { name: basename(root), root, classes: [], cases, problems: unlabeled(cases) };
}

/** A line about images without labels, where others have them. */
export function unlabeled(cases: readonly DatasetCase[]): string[] {
  const without = cases.filter(({ label }) => label === undefined);
  if (without.length === 0 || without.length === cases.length) return [];
  const names = without.slice(0, 5).map(({ id }) => id);
  return [
    `${without.length} of ${cases.length} images have no label, such as ${names.join(', ')}.`,
  ];
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

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new VoxmimError(
    'NOT_FOUND',
    found ? `${path} is a file, not a folder.` : `There is no folder ${path}.`,
    'Give the folder of a data set; relative paths start where the command runs.',
    { path },
  );
}

function nothingIn(path: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${path} holds no NIfTI files.`,
    'Put .nii or .nii.gz files there, or a data set with dataset.json, imagesTr and labelsTr.',
    { path },
  );
}
