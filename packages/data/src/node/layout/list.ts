import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';

import { parseConfig, VoxmimError } from '@voxmim/core';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';

import { caseId, type Dataset, type DatasetCase, unlabeled } from '../dataset.js';
import type { VolumeReaders } from '../volume-readers.js';
import { decathlonDataset } from './decathlon.js';
import { parseJson } from './parse-json.js';
import { missing, requireFiles } from './require-files.js';

const path = z.string().min(1);

const ListedCase = z.strictObject({
  id: path.optional(),
  image: z.union([path, z.array(path).min(1)]),
  label: path.optional(),
  subject: path.optional(),
});
type ListedCase = z.infer<typeof ListedCase>;

const CaseList = z.strictObject({
  name: z.string().optional(),
  classes: z.array(z.string()).min(2).optional(),
  cases: z.array(z.union([path, ListedCase])),
});

/**
 * A list of files, whose paths are relative to it.
 *
 * CSV (or TSV) has a header: `image`, or one column per channel whose names begin with `image`, and
 * perhaps `id`, `label` and `subject`. JSON has the same fields under `cases`, with `classes`; or is a
 * datalist as MONAI reads, with `training`.
 *
 * @throws `INVALID_FILE`, `INVALID_CONFIG`, `NOT_FOUND` for an empty list or a listed file that is missing
 */
export async function listDataset(file: string, readers: VolumeReaders): Promise<Dataset> {
  const text = await readFile(file, 'utf8');
  const root = dirname(file);
  const isJson = extname(file).toLowerCase() === '.json';
  const content = isJson ? parseJson(text, file) : undefined;
  if (typeof content === 'object' && content !== null && 'training' in content) {
    return { ...(await decathlonDataset(root, content, file, readers)), layout: 'list' };
  }
  const { list, problems } = isJson
    ? { list: parseConfig(CaseList, content, file), problems: [] }
    : readTable(text, file);
  const cases = list.cases.map((entry) =>
    caseOf(typeof entry === 'string' ? { image: entry } : entry, root, readers),
  );
  if (cases.length === 0) throw missing(file, 'lists no images');
  await requireFiles(cases, file);
  return {
    name: list.name ?? basename(file, extname(file)),
    layout: 'list',
    root,
    classes: list.classes ?? [],
    cases,
    problems: [...unlabeled(cases), ...problems],
  };
}

function caseOf(
  { id, image, label, subject }: ListedCase,
  root: string,
  readers: VolumeReaders,
): DatasetCase {
  const images = [image].flat().map((listed) => resolve(root, listed));
  return {
    id: id ?? caseId(images[0] ?? '', readers),
    images,
    ...(label !== undefined && { label: resolve(root, label) }),
    ...(subject !== undefined && { subject }),
  };
}

function readTable(
  text: string,
  file: string,
): { list: z.infer<typeof CaseList>; problems: string[] } {
  const rows = parseRows(text, file);
  const columns = Object.keys(rows[0] ?? {});
  const imageColumns = columns.filter((column) => column.startsWith('image'));
  if (rows.length > 0 && imageColumns.length === 0) throw noImageColumn(columns, file);
  const known = new Set([...imageColumns, 'id', 'label', 'subject']);
  const unused = columns.filter((column) => !known.has(column));
  const cases = rows.map((row) => ({
    image: imageColumns.map((column) => row[column]),
    ...filledIn(row, ['id', 'label', 'subject']),
  }));
  return {
    list: parseConfig(CaseList, { cases }, file),
    problems: unused.length > 0 ? [`Columns not used: ${unused.join(', ')}.`] : [],
  };
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

const Rows = z.array(z.record(z.string(), z.string()));

function parseRows(text: string, file: string): z.infer<typeof Rows> {
  try {
    const delimiter = extname(file).toLowerCase() === '.tsv' ? '\t' : ',';
    return Rows.parse(
      parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, delimiter }),
    );
  } catch (error) {
    throw new VoxmimError(
      'INVALID_FILE',
      `${file} is no table: ${error instanceof Error ? error.message : String(error)}.`,
      'Give one header line and as many fields in each line below it.',
      { path: file },
      { cause: error },
    );
  }
}

function noImageColumn(columns: readonly string[], file: string): VoxmimError<'INVALID_FILE'> {
  return new VoxmimError(
    'INVALID_FILE',
    `${file} has no column "image", only ${columns.join(', ')}.`,
    'Name the column of the images "image", or one per channel "image_t1" and so on.',
    { path: file },
  );
}
