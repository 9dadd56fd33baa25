import { isVoxmimError } from '@voxmim/core';

import type { DicomSlice } from './dicom-slice.js';
import { splitPhases } from './split-phases.js';
import { DicomStackConfig } from './stack-config.js';
import { stackSlices } from './stack-geometry.js';

/** What is read as one series, and what somebody should know about that. */
export interface SeriesParts {
  readonly parts: readonly (readonly DicomSlice[])[];
  readonly notes: readonly string[];
}

/**
 * A series whose files lie in several folders, as media with few files a folder have them, is one; but
 * copies, and what merely has the same UID, are as many as there are folders: where the slices of
 * several patients would mix, no UID is given, or the folders make even stacks by themselves and none
 * together.
 *
 * @param slices of one series UID, shape and orientation
 */
export function seriesParts(slices: readonly DicomSlice[]): SeriesParts {
  const folders = new Map<string, DicomSlice[]>();
  for (const slice of slices) {
    const folder = folderOf(slice.image.source.path);
    folders.set(folder, [...(folders.get(folder) ?? []), slice]);
  }
  const parts = [...folders.values()];
  if (parts.length === 1) return { parts: [slices], notes: [] };
  const [{ image }] = slices;
  const isOnePatient = new Set(slices.map((slice) => slice.image.patient)).size === 1;
  const mayBeOne = image.seriesUid !== '' && isOnePatient;
  if (mayBeOne && (stacks(slices) || !parts.every(stacks))) return { parts: [slices], notes: [] };
  const [first, second] = [...folders.keys()];
  const note =
    `Series ${image.seriesNumber ?? '?'} is in ${parts.length} folders, such as ${first} and ${second}, ` +
    'which make no even stack together: each is read as a series of its own.';
  return { parts, notes: mayBeOne ? [note] : [] };
}

function stacks(slices: readonly DicomSlice[]): boolean {
  const config = DicomStackConfig.parse({});
  try {
    for (const phase of splitPhases(slices)) stackSlices(phase.slices, config);
    return true;
  } catch (error) {
    if (isVoxmimError(error)) return false;
    throw error;
  }
}

function folderOf(path: string): string {
  return path.replace(/[^/\\]*$/, '');
}
