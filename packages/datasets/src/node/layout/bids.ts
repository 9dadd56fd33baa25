import { basename, resolve } from 'node:path';

import { VoxmimError, type VolumeReaders, type DatasetCase } from '@voxmim/core';

import { type Dataset, isVolumeName, listed, nothingIn, unlabeled } from '../dataset.js';
import { type FoundFile, walkFiles } from '@voxmim/formats/node';
import type { BidsLayout } from '../../layout-config.js';
import { idOf } from './numbered-cases.js';

/** A file named as BIDS does: `sub-01_ses-1_run-2_T1w.nii.gz`. */
interface BidsFile extends FoundFile {
  /** `sub-01_ses-1_run-2` */
  readonly stem: string;
  readonly entities: readonly string[];
  readonly suffix: string;
}

/**
 * A data set in the Brain Imaging Data Structure: images by suffix under `sub-*`, label maps under
 * `derivatives`, which belong to the image whose entities (`sub-`, `ses-`, `run-` and so on) they all
 * have.
 *
 * @throws `NOT_FOUND` where no image has the suffixes, naming those that there are; `INVALID_DATA`
 *   where two label maps fit one image, naming both
 */
export async function bidsDataset(
  root: string,
  layout: BidsLayout,
  readers: VolumeReaders,
): Promise<Dataset> {
  const isVolume = (name: string) => isVolumeName(name, readers);
  const { files: all, notes } = await walkFiles(root, { isVolume });
  const files = all.flatMap((file) => (isVolume(file.name) ? bidsFile(file, readers) : []));
  const raw = files.filter(({ name }) => name.startsWith('sub-'));
  const labels = files.filter(
    ({ name, suffix }) => name.startsWith('derivatives/') && suffix === layout.label,
  );
  const { complete, partial } = groupedByStem(raw, layout.suffixes);
  if (complete.length === 0) throw noImages(root, layout, raw);
  const cases = complete.map((entry): DatasetCase => {
    const label = labelFor(entry, labels);
    return label === undefined ? entry : { ...entry, label };
  });
  const problems = [
    ...unlabeled(cases),
    ...(partial.length > 0
      ? [`${partial.length} scans lack a modality and are left out, such as ${listed(partial)}.`]
      : []),
    ...notes,
  ];
  return { name: basename(resolve(root)), layout: 'bids', root, classes: [], cases, problems };
}

function bidsFile(file: FoundFile, readers: VolumeReaders): BidsFile[] {
  const name = /^(sub-.+)_([A-Za-z0-9]+)$/.exec(idOf(file.name, readers));
  if (!name) return [];
  const [, stem, suffix] = name;
  return [{ ...file, stem, entities: stem.split('_'), suffix }];
}

function groupedByStem(
  files: readonly BidsFile[],
  suffixes: readonly string[],
): { complete: DatasetCase[]; partial: { id: string }[] } {
  const wanted = files.filter(({ suffix }) => suffixes.includes(suffix));
  const complete: DatasetCase[] = [];
  const partial: { id: string }[] = [];
  for (const stem of [...new Set(wanted.map((file) => file.stem))].sort()) {
    const own = wanted.filter((file) => file.stem === stem);
    const images = suffixes.flatMap(
      (suffix) => own.find((file) => file.suffix === suffix)?.path ?? [],
    );
    const subject = own[0]?.entities[0] ?? stem;
    if (images.length < suffixes.length) partial.push({ id: stem });
    else complete.push({ id: stem, images, subject });
  }
  return { complete, partial };
}

function labelFor({ id }: DatasetCase, labels: readonly BidsFile[]): string | undefined {
  const fitting = labels.filter(({ entities }) =>
    id.split('_').every((entity) => entities.includes(entity)),
  );
  const [first, second] = [fitting.at(0)?.path, fitting.at(1)?.path];
  if (first === undefined || second === undefined) return first;
  throw new VoxmimError(
    'INVALID_DATA',
    `${first} and ${second} are both label maps of ${id}.`,
    'Name the suffix of one by layout.label, or give patterns.',
    { path: first, reason: 'two label maps for one image' },
  );
}

function noImages(
  root: string,
  { suffixes }: BidsLayout,
  raw: readonly BidsFile[],
): VoxmimError<'NOT_FOUND'> {
  const there = [...new Set(raw.map(({ suffix }) => suffix))].sort();
  if (there.length === 0) return nothingIn(root, 'NIfTI files under sub-*');
  return new VoxmimError(
    'NOT_FOUND',
    `${root} holds no scan with ${suffixes.join(' and ')}; its suffixes are ${there.join(', ')}.`,
    'Name them by data.layout, such as { kind: bids, suffixes: [FLAIR] }.',
    { path: root },
  );
}
