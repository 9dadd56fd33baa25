import { basename, join } from 'node:path';

import { parseConfig, VoxmimError } from '@voxmim/core';
import { z } from 'zod';

import { caseId, type Dataset, type DatasetCase, unlabeled } from '../dataset.js';
import type { VolumeReaders } from '../volume-readers.js';
import { missing, requireFiles } from './require-files.js';

const path = z.string().min(1);

/** The fields of a Decathlon `dataset.json` that count here; others are left alone. */
const DecathlonFile = z.looseObject({
  name: z.string().optional(),
  labels: z.record(z.string(), z.union([z.string(), z.int()])).default({}),
  training: z
    .array(
      z.union([
        path,
        z.looseObject({ image: z.union([path, z.array(path)]), label: path.optional() }),
      ]),
    )
    .default([]),
});
type DecathlonFile = z.infer<typeof DecathlonFile>;

/**
 * A data set in the layout of the Medical Segmentation Decathlon.
 *
 * @param json of `dataset.json`
 * @param file its path, for errors
 * @throws `INVALID_CONFIG`, `INVALID_DATA`, and `NOT_FOUND` for a listed file that is missing
 */
export async function decathlonDataset(
  root: string,
  json: unknown,
  file: string,
  readers: VolumeReaders,
): Promise<Dataset> {
  const content = parseConfig(DecathlonFile, json, file);
  const cases = content.training.map((entry): DatasetCase => {
    if (typeof entry === 'string')
      return { id: caseId(entry, readers), images: [join(root, entry)] };
    const images = [entry.image].flat().map((image) => join(root, image));
    const found = { id: caseId(images[0] ?? '', readers), images };
    return entry.label === undefined ? found : { ...found, label: join(root, entry.label) };
  });
  if (cases.length === 0) throw missing(file, 'lists no training images');
  await requireFiles(cases, file);
  const classes = classNames(content.labels, file);
  const name = content.name ?? basename(root);
  return { name, layout: 'decathlon', root, classes, cases, problems: unlabeled(cases) };
}

/** Both `{"0": "background"}` and nnU-Net's `{"background": 0}` are in use. */
function classNames(labels: DecathlonFile['labels'], file: string): string[] {
  const pairs = Object.entries(labels).map(([key, value]): [number, string] =>
    typeof value === 'number' ? [value, key] : [Number(key), value],
  );
  const names = pairs.sort(([left], [right]) => left - right);
  if (names.every(([index], position) => index === position)) return names.map(([, name]) => name);
  throw new VoxmimError(
    'INVALID_DATA',
    `The labels in ${file} are numbered ${names.map(([index]) => index).join(', ')}, not 0, 1, 2 and so on.`,
    'Number the classes without gaps, background 0.',
    { path: file, reason: 'label numbers have gaps' },
  );
}
