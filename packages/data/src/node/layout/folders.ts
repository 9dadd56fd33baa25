import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import {
  caseId,
  type Dataset,
  type DatasetCase,
  labelWithoutImage,
  volumeNames,
  nothingIn,
  unlabeled,
} from '../dataset.js';
import type { VolumeReaders } from '../volume-readers.js';

/** A data set of `imagesTr` and perhaps `labelsTr`, files of equal names belonging together. */
export async function folderPair(
  root: string,
  hasLabels: boolean,
  readers: VolumeReaders,
): Promise<Dataset> {
  const images = volumeNames(await readdir(join(root, 'imagesTr')), readers);
  const labels = hasLabels ? volumeNames(await readdir(join(root, 'labelsTr')), readers) : [];
  if (images.length === 0) throw nothingIn(join(root, 'imagesTr'));
  const labelOf = new Map(
    labels.map((name) => [caseId(name, readers), join(root, 'labelsTr', name)]),
  );
  const cases = images.map((name): DatasetCase => {
    const label = labelOf.get(caseId(name, readers));
    const found = { id: caseId(name, readers), images: [join(root, 'imagesTr', name)] };
    return label === undefined ? found : { ...found, label };
  });
  const known = new Set(cases.map(({ id }) => id));
  const orphan = [...labelOf].find(([id]) => !known.has(id));
  if (orphan) throw labelWithoutImage(orphan[1]);
  const name = basename(root);
  return { name, layout: 'folders', root, classes: [], cases, problems: unlabeled(cases) };
}
