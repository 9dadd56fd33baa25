import { VoxmimError } from '@voxmim/core';
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';

/**
 * Reads a YAML (or JSON) config file.
 *
 * @throws `NOT_FOUND`; `INVALID_FILE` with the place of the first mistake, or where aliases of aliases
 *   would grow beyond measure
 */
export async function readYaml(path: string): Promise<unknown> {
  const document = parseDocument(await readText(path), { prettyErrors: true });
  const mistake = document.errors[0];
  if (mistake) throw invalid(path, mistake, mistake.pos[0]);
  try {
    return document.toJS();
  } catch (error) {
    throw invalid(path, error);
  }
}

function invalid(path: string, cause: unknown, offset?: number): VoxmimError<'INVALID_FILE'> {
  const what = cause instanceof Error ? cause.message.trim() : String(cause);
  return new VoxmimError(
    'INVALID_FILE',
    `${path} is not valid YAML: ${what}`,
    'Correct the line; `voxmim schema` gives editors what they need to complete and check it.',
    { path, ...(offset !== undefined && { offset }) },
    { cause },
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new VoxmimError(
      'NOT_FOUND',
      `The config ${path} cannot be read: ${String(error)}`,
      'Give the path of a YAML file; the folder recipes/ has complete ones.',
      { path },
      { cause: error },
    );
  }
}
