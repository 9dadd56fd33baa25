import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';

import { VoxmimError } from '@voxmim/core';

import { caseId, type Dataset, volumeNames } from './dataset.js';
import { bidsDataset } from './layout/bids.js';
import { decathlonDataset } from './layout/decathlon.js';
import { dicomDataset } from './layout/dicom.js';
import { folderPair } from './layout/folders.js';
import { BidsLayout, type DatasetLayoutConfig } from './layout/layout-config.js';
import { listDataset } from './layout/list.js';
import { nnunetDataset } from './layout/nnunet.js';
import { parseJson } from './layout/parse-json.js';
import { patternDataset } from './layout/pattern.js';
import { VolumeReaders } from './volume-readers.js';

/**
 * Opens a data set: a folder in any of the layouts of {@link layoutNames}, a list of files (`.csv`,
 * `.tsv`, `.json`), or one volume.
 *
 * @param layout how to read the folder, where it does not tell by itself
 * @param readers of formats that are not built in
 * @throws `NOT_FOUND` for what is missing or empty, `INVALID_FILE` and `INVALID_CONFIG` for a damaged
 *   description or list, `INVALID_DATA` for cases that do not fit together, naming the files
 */
export async function openDataset(
  path: string,
  layout: DatasetLayoutConfig = { kind: 'auto' },
  readers = new VolumeReaders(),
): Promise<Dataset> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw missing(path);
  const dataset = found.isDirectory()
    ? await openFolder(path, layout, readers)
    : await openFile(path, readers);
  checkIds(dataset);
  return dataset;
}

async function openFolder(
  path: string,
  layout: DatasetLayoutConfig,
  readers: VolumeReaders,
): Promise<Dataset> {
  if (layout.kind === 'pattern') return patternDataset(path, layout);
  if (layout.kind === 'bids') return bidsDataset(path, layout);
  const entries = await readdir(path);
  if (entries.includes('dataset.json')) return describedDataset(path, readers);
  if (entries.includes('dataset_description.json') || entries.some((name) => /^sub-/.test(name))) {
    return bidsDataset(path, BidsLayout.parse({ kind: 'bids' }));
  }
  if (entries.includes('imagesTr')) return folderPair(path, entries.includes('labelsTr'), readers);
  const images = volumeNames(entries, readers);
  if (images.length === 0) return dicomDataset(path);
  const cases = images.map((name) => ({ id: caseId(name, readers), images: [join(path, name)] }));
  const name = basename(path);
  return { name, layout: 'images', root: path, classes: [], cases, problems: [] };
}

async function describedDataset(root: string, readers: VolumeReaders): Promise<Dataset> {
  const file = join(root, 'dataset.json');
  const content = parseJson(await readFile(file, 'utf8'), file);
  const isNnunet = typeof content === 'object' && content !== null && 'channel_names' in content;
  return isNnunet
    ? nnunetDataset(root, content, file, readers)
    : decathlonDataset(root, content, file, readers);
}

async function openFile(path: string, readers: VolumeReaders): Promise<Dataset> {
  if (['.csv', '.tsv', '.json'].includes(extname(path).toLowerCase()))
    return listDataset(path, readers);
  const cases = [{ id: caseId(path, readers), images: [path] }];
  const name = basename(path);
  return { name, layout: 'file', root: path, classes: [], cases, problems: [] };
}

/** Ids name predictions and stand in splits, so that two cases cannot share one. */
function checkIds({ root, cases }: Dataset): void {
  const seen = new Map<string, string>();
  for (const { id, images } of cases) {
    const other = seen.get(id);
    const path = images[0] ?? root;
    if (other !== undefined) {
      throw new VoxmimError(
        'INVALID_DATA',
        `${other} and ${path} are both the case "${id}".`,
        'Rename one, or list the cases in a CSV file with an id column.',
        { path, reason: `two cases ${id}` },
      );
    }
    seen.set(id, path);
  }
}

function missing(path: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `There is no ${path}.`,
    'Give the folder of a data set; relative paths start where the command runs.',
    { path },
  );
}
