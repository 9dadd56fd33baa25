import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { parseConfig, VoxmimError } from '@voxmim/core';
import { z } from 'zod';

import type { RegionsConfig } from '../../labels/regions.js';
import {
  type Dataset,
  type DatasetCase,
  labelWithoutImage,
  nothingIn,
  unlabeled,
} from '../dataset.js';
import type { VolumeReaders } from '../volume-readers.js';
import { missing } from './require-files.js';

const label = z.int().min(0).max(255);

/** The fields of an nnU-Net (version 2) `dataset.json` that count here; others are left alone. */
const NnunetFile = z.looseObject({
  name: z.string().optional(),
  channel_names: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.union([label, z.array(label).min(1)])),
  file_ending: z.string().min(1),
  regions_class_order: z.array(label).optional(),
});
type NnunetFile = z.infer<typeof NnunetFile>;

/**
 * A data set in nnU-Net's raw layout: `imagesTr/<case>_0000.nii.gz`, one file per channel, and
 * `labelsTr/<case>.nii.gz`. Labels that are lists become regions.
 *
 * @param content of `dataset.json`
 * @param file its path, for errors
 * @throws `INVALID_CONFIG`, `UNSUPPORTED_FILE` for a file ending that is not read, `NOT_FOUND` for a
 *   missing channel, `INVALID_DATA`
 */
export async function nnunetDataset(
  root: string,
  content: unknown,
  file: string,
  readers: VolumeReaders,
): Promise<Dataset> {
  const described = parseConfig(NnunetFile, content, file);
  const { name = basename(root), file_ending: ending } = described;
  if (!/^\.nii(\.gz)?$/i.test(ending) && !readers.find(`case${ending}`))
    throw unsupportedEnding(ending, file);
  const cases = await casesOf(root, described);
  return {
    name,
    layout: 'nnunet',
    root,
    ...classesOf(described),
    cases,
    problems: [...unlabeled(cases), ...ignoredLabel(described)],
  };
}

async function casesOf(
  root: string,
  { channel_names: channelNames, file_ending: ending }: NnunetFile,
): Promise<DatasetCase[]> {
  const images = new Set(await readdir(join(root, 'imagesTr')).catch(() => []));
  const labels = new Set(await readdir(join(root, 'labelsTr')).catch(() => []));
  const first = `_0000${ending}`;
  const ids = [...images]
    .filter((name) => name.endsWith(first))
    .map((name) => name.slice(0, -first.length));
  if (ids.length === 0) throw nothingIn(join(root, 'imagesTr'), `files named *${first}`);
  const known = new Set(ids);
  const orphan = [...labels].find(
    (name) => name.endsWith(ending) && !known.has(name.slice(0, -ending.length)),
  );
  if (orphan !== undefined) throw labelWithoutImage(join(root, 'labelsTr', orphan));
  return ids.sort().map((id): DatasetCase => {
    const channels = Object.keys(channelNames).map(
      (_, index) => `${id}_${String(index).padStart(4, '0')}${ending}`,
    );
    const absent = channels.find((channel) => !images.has(channel));
    if (absent !== undefined) throw missing(join(root, 'imagesTr', absent), 'is not there');
    const found = { id, images: channels.map((channel) => join(root, 'imagesTr', channel)) };
    const labelName = `${id}${ending}`;
    return labels.has(labelName) ? { ...found, label: join(root, 'labelsTr', labelName) } : found;
  });
}

/** Names by label value, and the regions where labels are lists. */
function classesOf({
  labels,
  regions_class_order: written,
}: NnunetFile): Pick<Dataset, 'classes' | 'regions'> {
  const entries = Object.entries(labels).map(([name, values]) => ({
    name,
    labels: [values].flat(),
  }));
  const most = Math.max(...entries.flatMap((entry) => entry.labels));
  const classes = Array.from({ length: most + 1 }, (_, value) => {
    const own = entries.find((entry) => entry.labels.length === 1 && entry.labels[0] === value);
    return own?.name ?? `label ${value}`;
  });
  if (entries.every((entry) => entry.labels.length === 1)) return { classes };
  // The order names what each region writes, the background left out.
  const regions: RegionsConfig = entries
    .filter((entry) => !entry.labels.includes(0))
    .map((entry, index) => {
      const value = written?.[index];
      return value === undefined ? entry : { ...entry, value };
    });
  return { classes, regions };
}

function ignoredLabel({ labels }: NnunetFile): string[] {
  if (!('ignore' in labels)) return [];
  return ['The label "ignore" is a class like any other here: its voxels count in training.'];
}

function unsupportedEnding(ending: string, file: string): VoxmimError<'UNSUPPORTED_FILE'> {
  return new VoxmimError(
    'UNSUPPORTED_FILE',
    `${file}: files of the ending "${ending}" are not read.`,
    'Convert the volumes to .nii.gz.',
    { path: file, feature: `file ending ${ending}` },
  );
}
