import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

import {
  caseId,
  type Dataset,
  type DatasetCase,
  labelWithoutImage,
  niftiNames,
  nothingIn,
  unlabeled,
} from '../dataset.js';

/** A data set of `imagesTr` and perhaps `labelsTr`, files of equal names belonging together. */
export async function folderPair(root: string, hasLabels: boolean): Promise<Dataset> {
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
  const name = basename(root);
  return { name, layout: 'folders', root, classes: [], cases, problems: unlabeled(cases) };
}
