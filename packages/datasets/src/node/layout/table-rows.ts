import { extname } from 'node:path';

import { VoxmimError } from '@voxmim/core';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';

import { readText } from './read-text.js';

const Rows = z.array(z.record(z.string(), z.string()));

/**
 * The rows of a table with a header line, by column: CSV, or TSV by its name.
 *
 * @throws `INVALID_FILE`
 */
export async function readTableRows(
  file: string,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const text = await readText(file);
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
