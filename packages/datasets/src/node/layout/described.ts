import { lstat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

import { VoxmimError, type VolumeReaders, type DatasetCase } from '@voxmim/core';

import { type Dataset, isVolumeName, labelWithoutImage, nothingIn, unlabeled } from '../dataset.js';
import { type FoundFile, walkFiles } from '@voxmim/formats/node';
import { type DatasetDescription, type ListedFiles, readDescription } from './description.js';
import { type ListPlace, listedImage, listedLabel } from './listed-files.js';
import { idOf, type NumberedCase, numberedCases } from './numbered-cases.js';

/**
 * The data set that a description is of: its own list where it has one, else `imagesTr` and `labelsTr`.
 *
 * @param content what the JSON holds
 * @throws what {@link readDescription}, {@link listedDataset} and {@link pairedFolders} throw
 */
export async function describedDataset(content: unknown, place: ListPlace): Promise<Dataset> {
  const { root, list, readers } = place;
  const description = readDescription(content, list);
  const hasImages = await isThere(join(root, 'imagesTr'));
  return description.listed === undefined && hasImages
    ? pairedFolders(root, readers, description, list)
    : listedDataset(description, place);
}

/**
 * A data set whose description lists its cases.
 *
 * @throws `NOT_FOUND` for an empty list or a listed file that is missing
 */
export async function listedDataset(
  { listed = [], isNnunet, name, classes, modality, regions, problems }: DatasetDescription,
  place: ListPlace,
): Promise<Dataset> {
  const { root } = place;
  const cases = await listedCases(listed, place);
  return {
    name: name ?? basename(resolve(root)),
    layout: isNnunet ? 'nnunet' : 'decathlon',
    root,
    classes,
    ...(modality !== undefined && { modality }),
    ...(regions && { regions }),
    cases,
    problems: [...unlabeled(cases), ...problems],
  };
}

/**
 * The cases of a list, their files found. Where it lists nothing but images, those numbered `_0000`,
 * `_0001` are the channels of one case, as in a folder.
 *
 * @throws `NOT_FOUND` for an empty list or a listed file that is missing
 */
export async function listedCases(
  listed: readonly ListedFiles[],
  place: ListPlace,
): Promise<DatasetCase[]> {
  const { list, readers } = place;
  if (listed.length === 0) {
    const remedy = 'List at least one, such as under "training".';
    throw new VoxmimError('NOT_FOUND', `${list} lists no images.`, remedy, { path: list });
  }
  const cases: DatasetCase[] = [];
  for (const entry of listed) cases.push(await listedCase(entry, place));
  const isBare = listed.every((entry) => Object.keys(entry).length === 1);
  if (!isBare || cases.some(({ images }) => images.length > 1)) return cases;
  const files = cases.flatMap(({ images }) => images.map((path) => ({ name: path, path })));
  return numberedCases(files, readers).map((entry) => ({
    id: entry.id,
    images: entry.files.map(({ path }) => path),
  }));
}

async function listedCase(
  { id, images: listed, label, ...others }: ListedFiles,
  place: ListPlace,
): Promise<DatasetCase> {
  const images: string[] = [];
  for (const image of listed) images.push(...(await listedImage(image, place)));
  const name = idOf(listed[0]?.replaceAll('\\', '/') ?? '', place.readers).replace(/_0000$/, '');
  const found = { id: id ?? name, images, ...others };
  return label === undefined ? found : { ...found, label: await listedLabel(label, place) };
}

/**
 * A data set of `imagesTr` and perhaps `labelsTr`: files of equal names belong together, and
 * `<case>_0000`, `<case>_0001` are the channels of a case, as in nnU-Net's raw layout.
 *
 * @param description where there is one
 * @param file that it is from, for errors
 * @throws `NOT_FOUND` for a missing channel, `UNSUPPORTED_FILE` for a file ending that is not read,
 *   `INVALID_DATA` for a label without image
 */
export async function pairedFolders(
  root: string,
  readers: VolumeReaders,
  description?: DatasetDescription,
  file = root,
): Promise<Dataset> {
  const ending = description?.ending ?? '';
  if (ending !== '' && !isVolumeName(`case${ending}`, readers)) {
    throw unsupportedEnding(ending, file);
  }
  const images = await volumesOf(join(root, 'imagesTr'), ending, readers);
  if (images.files.length === 0)
    throw nothingIn(images.folder, `files named *${ending || '.nii.gz'}`);
  const labels = await labelsOf(join(root, 'labelsTr'), ending, readers);
  const labelOf = new Map(labels.files.map(({ name, path }) => [idOf(name, readers), path]));
  const numbered = numberedCases(images.files, readers, new Set(labelOf.keys()));
  const found = numbered.map((entry) => withChannels(entry, images.folder, description));
  const cases = found.map(({ id, files }): DatasetCase => {
    const label = labelOf.get(id);
    const entry = { id, images: files.map(({ path }) => path) };
    return label === undefined ? entry : { ...entry, label };
  });
  const known = new Set(cases.map(({ id }) => id));
  const orphan = [...labelOf].find(([id]) => !known.has(id));
  if (orphan) throw labelWithoutImage(orphan[1]);
  return {
    name: description?.name ?? basename(resolve(root)),
    layout: description?.isNnunet ? 'nnunet' : description ? 'decathlon' : 'folders',
    root,
    classes: description?.classes ?? [],
    ...(description?.modality !== undefined && { modality: description.modality }),
    ...(description?.regions && { regions: description.regions }),
    cases,
    problems: [
      ...unlabeled(cases),
      ...(description?.problems ?? []),
      ...images.notes,
      ...labels.notes,
    ],
  };
}

interface VolumesOf {
  readonly folder: string;
  readonly files: readonly FoundFile[];
  readonly notes: readonly string[];
}

/** None where there is no such folder; one that cannot be opened is an error. */
async function labelsOf(
  folder: string,
  ending: string,
  readers: VolumeReaders,
): Promise<VolumesOf> {
  return (await isThere(folder))
    ? volumesOf(folder, ending, readers)
    : { folder, files: [], notes: [] };
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** The volumes of a folder, those with an ending where one is said. */
async function volumesOf(
  folder: string,
  ending: string,
  readers: VolumeReaders,
): Promise<VolumesOf> {
  const isVolume = (name: string) => isVolumeName(name, readers);
  const { files, notes } = await walkFiles(folder, { depth: 0, isVolume });
  const kept = files.filter(({ name }) => isVolume(name) && name.endsWith(ending));
  return { folder, files: kept, notes };
}

/** As many files as the description names channels; more are left alone, as nnU-Net does. */
function withChannels(
  { id, files }: NumberedCase,
  folder: string,
  description: DatasetDescription | undefined,
): NumberedCase {
  const { channels = files.length, ending = '.nii.gz' } = description ?? {};
  // One file may hold all of them.
  if (files.length >= channels || (files.length === 1 && !description?.isNnunet)) {
    return { id, files: files.slice(0, channels) };
  }
  const absent = join(folder, `${id}_${String(files.length).padStart(4, '0')}${ending}`);
  throw new VoxmimError(
    'NOT_FOUND',
    `${absent} is not there; the data set has ${channels} channels.`,
    'Add the file, or correct "channel_names".',
    { path: absent },
  );
}

function unsupportedEnding(ending: string, file: string): VoxmimError<'UNSUPPORTED_FILE'> {
  return new VoxmimError(
    'UNSUPPORTED_FILE',
    `${file}: files of the ending "${ending}" are not read.`,
    'Convert the volumes to .nii.gz.',
    { path: file, feature: `file ending ${ending}` },
  );
}
