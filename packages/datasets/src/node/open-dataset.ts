import { stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';

import { VoxmimError, VolumeReaders } from '@voxmim/core';

import { type Dataset, isVolumeName } from './dataset.js';
import { bidsDataset } from './layout/bids.js';
import { checkIds } from './layout/check-ids.js';
import { describedDataset, listedDataset, pairedFolders } from './layout/described.js';
import { readDescription } from './layout/description.js';
import { dicomDataset } from './layout/dicom.js';
import { BidsLayout, type DatasetLayoutConfig } from '../layout-config.js';
import { listDataset } from './layout/list.js';
import { isListedThere } from './layout/listed-files.js';
import { idOf, numberedCases } from './layout/numbered-cases.js';
import { patternDataset } from './layout/pattern.js';
import { readJson } from './layout/read-json.js';
import { type FoundFile, walkFiles } from '@voxmim/formats/node';
import { reasonOf } from '@voxmim/core/node';

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
  const found = await stat(path).catch((error: unknown) => {
    throw missing(path, error);
  });
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
  if (layout.kind === 'pattern') return patternDataset(path, layout, readers);
  if (layout.kind === 'bids') return bidsDataset(path, layout, readers);
  const isVolume = (name: string) => isVolumeName(name, readers);
  const { files, folders, notes } = await walkFiles(path, { depth: 0, isVolume });
  const volumes = files.filter(({ name }) => isVolume(name));
  const has = (wanted: string) => files.some(({ name }) => name === wanted);
  const hasImages = folders.includes('imagesTr');
  const described = has('dataset.json')
    ? await describedFolder(path, { volumes, hasImages }, readers)
    : undefined;
  if (described) return described;
  const isBids = has('dataset_description.json') || folders.some((name) => name.startsWith('sub-'));
  if (isBids) return bidsDataset(path, BidsLayout.parse({ kind: 'bids' }), readers);
  if (hasImages) return pairedFolders(path, readers);
  if (volumes.length === 0) return dicomDataset(path, readers);
  const cases = numberedCases(volumes, readers).map((entry) => ({
    id: entry.id,
    images: entry.files.map((file) => file.path),
  }));
  const name = basename(resolve(path));
  return { name, layout: 'images', root: path, classes: [], cases, problems: notes };
}

interface TopOfFolder {
  readonly volumes: readonly FoundFile[];
  /** Whether there is an `imagesTr`. */
  readonly hasImages: boolean;
}

/**
 * The data set that a `dataset.json` describes. Undefined for volumes that merely lie beside one, as
 * nnU-Net leaves it in the folders of its predictions: they are a folder of images.
 */
async function describedFolder(
  root: string,
  { volumes, hasImages }: TopOfFolder,
  readers: VolumeReaders,
): Promise<Dataset | undefined> {
  const list = join(root, 'dataset.json');
  const place = { root, list, readers };
  if (hasImages || volumes.length === 0) return describedDataset(await readJson(list), place);
  const description = await readJson(list)
    .then((content) => readDescription(content, list))
    .catch(() => undefined);
  const first = description?.listed?.[0]?.images[0];
  const isMeant = first !== undefined && (await isListedThere(first, place));
  return description && isMeant ? listedDataset(description, place) : undefined;
}

async function openFile(path: string, readers: VolumeReaders): Promise<Dataset> {
  if (['.csv', '.tsv', '.json'].includes(extname(path).toLowerCase())) {
    return listDataset(path, readers);
  }
  const cases = [{ id: idOf(path, readers).replace(/_0000$/, ''), images: [path] }];
  const name = basename(path);
  return { name, layout: 'file', root: path, classes: [], cases, problems: [] };
}

function missing(path: string, cause: unknown): VoxmimError<'NOT_FOUND'> {
  const reason = reasonOf(cause);
  const isMissing = reason === 'it is not there';
  const isFile = extname(path) !== '';
  return new VoxmimError(
    'NOT_FOUND',
    isMissing
      ? `There is no ${isFile ? 'file' : 'file or folder'} ${path}.`
      : `${path} cannot be opened: ${reason}.`,
    'Give a volume, a folder of them, or a data set; relative paths start where the command runs.',
    { path },
    { cause },
  );
}
