import { basename, dirname, extname } from 'node:path';

import { parseConfig, VoxmimError, type VolumeReaders } from '@voxmim/core';
import * as z from 'zod';

import { type Dataset, unlabeled } from '../dataset.js';
import { describedDataset, listedCases } from './described.js';
import type { ListedFiles } from './description.js';
import { readJson } from './read-json.js';
import { readTableRows } from './table-rows.js';

const path = z.string().min(1);

const ListedCase = z.strictObject({
  id: path.optional(),
  image: z.union([path, z.array(path).min(1)]),
  label: path.optional(),
  subject: path.optional(),
  columns: z.record(z.string(), z.string()).optional(),
});
type ListedCase = z.infer<typeof ListedCase>;

const CaseList = z.strictObject({
  name: z.string().optional(),
  classes: z.array(z.string()).min(2).optional(),
  cases: z.array(z.union([path, ListedCase])),
});
type CaseList = z.infer<typeof CaseList>;

const REMEDY =
  'Write it as { "classes": ["background", "liver"], "cases": [{ "image": "a.nii.gz", "label": "l/a.nii.gz" }] }.';

/** Fields by which a JSON file is known as the description of a data set. */
const DESCRIBING = ['training', 'dataset', 'labels', 'channel_names', 'modality'];

/**
 * A list of files, whose paths are relative to it.
 *
 * CSV (or TSV) has a header: `image`, or one column per channel whose names begin with `image`, and
 * perhaps `id`, `label` and `subject`. JSON has the same fields under `cases`, with `classes`, or is a
 * list of cases; or it describes a data set as the Decathlon, nnU-Net and MONAI do.
 *
 * @throws `INVALID_FILE`, `INVALID_CONFIG`, `NOT_FOUND` for an empty list or a listed file that is missing
 */
export async function listDataset(file: string, readers: VolumeReaders): Promise<Dataset> {
  const place = { root: dirname(file), list: file, readers };
  const isJson = extname(file).toLowerCase() === '.json';
  const content = isJson ? await readJson(file) : undefined;
  if (isDescription(content)) {
    return { ...(await describedDataset(content, place)), layout: 'list' };
  }
  const { list, problems } = isJson
    ? { list: caseList(Array.isArray(content) ? { cases: content } : content, file), problems: [] }
    : await readTable(file);
  const cases = await listedCases(list.cases.map(listedFiles), place);
  return {
    name: list.name ?? basename(file, extname(file)),
    layout: 'list',
    root: place.root,
    classes: list.classes ?? [],
    cases,
    problems: [...unlabeled(cases), ...problems],
  };
}

function isDescription(content: unknown): boolean {
  const isObject = typeof content === 'object' && content !== null;
  return isObject && !('cases' in content) && DESCRIBING.some((field) => field in content);
}

function caseList(content: unknown, file: string): CaseList {
  return parseConfig(CaseList, content, file, REMEDY);
}

function listedFiles(entry: CaseList['cases'][number]): ListedFiles {
  if (typeof entry === 'string') return { images: [entry] };
  const { id, image, label, subject, columns } = entry;
  return {
    images: [image].flat(),
    ...(id !== undefined && { id }),
    ...(label !== undefined && { label }),
    ...(subject !== undefined && { subject }),
    ...(columns && { columns }),
  };
}

async function readTable(file: string): Promise<{ list: CaseList; problems: string[] }> {
  const rows = await readTableRows(file);
  const columns = Object.keys(rows[0] ?? {});
  const imageColumns = columns.filter((column) => column.startsWith('image'));
  if (rows.length > 0 && imageColumns.length === 0) throw noImageColumn(columns, file);
  const known = new Set([...imageColumns, 'id', 'label', 'subject']);
  const unused = columns.filter((column) => !known.has(column));
  const cases = rows.map((row) => ({
    image: imageColumns.map((column) => row[column]),
    ...filledIn(row, ['id', 'label', 'subject']),
    ...(unused.length > 0 && { columns: filledIn(row, unused) }),
  }));
  const problem = `Columns not used, unless data.split.group names one: ${unused.join(', ')}.`;
  return { list: caseList({ cases }, file), problems: unused.length > 0 ? [problem] : [] };
}

/** The named fields of a row that are not empty. */
function filledIn(
  row: Readonly<Record<string, string>>,
  columns: readonly string[],
): Record<string, string> {
  const filled = columns.flatMap((column) => {
    const value = row[column];
    return value ? [[column, value] as const] : [];
  });
  return Object.fromEntries(filled);
}

function noImageColumn(columns: readonly string[], file: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${file} has no column "image", only ${columns.join(', ')}.`,
    'Name the column of the images "image", or one per channel "image_t1" and so on.',
    { path: file },
  );
}
