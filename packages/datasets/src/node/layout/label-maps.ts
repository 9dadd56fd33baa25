import { VolumeReaders } from '@voxmim/core';
import { stat } from 'node:fs/promises';

import { type Dataset, isVolumeName, nothingIn } from '../dataset.js';
import { openDataset } from '../open-dataset.js';
import { type FoundFile, isSegFile, walkFiles } from '@voxmim/formats/node';
import { checkIds } from './check-ids.js';
import { idOf } from './numbered-cases.js';

/** Label maps by the ids of their cases. */
export interface LabelMaps extends Pick<Dataset, 'classes'> {
  readonly maps: ReadonlyMap<string, string>;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

/**
 * Finds label maps: those of a data set or list, or the volumes that lie in a folder, whatever JSON lies
 * beside them. Their numbers are no channels, of which label maps have none: `a_0000` is a case.
 *
 * @throws `NOT_FOUND` where there are none; what `openDataset` throws
 */
export async function openLabelMaps(
  path: string,
  readers = new VolumeReaders(),
): Promise<LabelMaps> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const isVolume = (name: string) => isVolumeName(name, readers);
  if (!isFolder) return ofDataset(path, readers);
  const { files, folders, notes } = await walkFiles(path, { depth: 0, isVolume });
  const volumes = files.filter(({ name }) => isVolume(name));
  if (folders.includes('imagesTr')) return ofDataset(path, readers);
  const maps = volumes.length > 0 ? volumes : await segmentations(files);
  if (maps.length === 0) return ofDataset(path, readers);
  const cases = maps.map((file) => ({ id: idOfMap(file.name, readers), images: [file.path] }));
  checkIds({ root: path, cases });
  return { classes: [], notes, maps: new Map(cases.map(({ id, images: [map] }) => [id, map])) };
}

/** Those files that are DICOM Segmentations. */
async function segmentations(files: readonly FoundFile[]): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const file of files) if (await isSegFile(file.path)) found.push(file);
  return found;
}

function idOfMap(name: string, readers: VolumeReaders): string {
  return idOf(name, readers).replace(/\.(dcm|dicom)$/i, '');
}

async function ofDataset(path: string, readers: VolumeReaders): Promise<LabelMaps> {
  const { cases, classes, problems } = await openDataset(path, undefined, readers);
  const hasLabels = cases.some(({ label }) => label !== undefined);
  const maps = cases.flatMap(({ id, images, label }) => {
    const map = hasLabels ? label : images[0];
    return map === undefined ? [] : [[id, map] as const];
  });
  if (maps.length === 0) throw nothingIn(path, 'label maps');
  return { classes, maps: new Map(maps), notes: problems };
}
