/** Reads damaged files one after the other and tells the parent of each: see fuzz.mts. */
import { isVoxmimError } from '@voxmim/core';
import { readNifti } from '@voxmim/formats';
import { openDicom } from '@voxmim/formats/dicom';

import { damaged, type Source, sources } from './inputs.mts';

/** What became of an input; `problem` is what must not be. */
export interface Outcome {
  readonly number: number;
  readonly name: string;
  readonly result: string;
  readonly problem?: string;
  readonly milliseconds: number;
  readonly rssMb: number;
}

/** Name and number of the patient in the inputs; digits within a longer number are no number. */
const IDENTITY = /Doe|Jane|\b4711\b/;

const [seed = 0, first = 0, last = 0] = process.argv.slice(2).map(Number);
const all = sources();
for (let number = first; number < last; number++) {
  const source = damaged(all, seed, number);
  const start = performance.now();
  const { result, problem } = await judged(source);
  const milliseconds = Math.round(performance.now() - start);
  const rssMb = Math.round(process.memoryUsage().rss / 2 ** 20);
  process.send?.({ number, name: source.name, result, problem, milliseconds, rssMb });
}

async function judged(source: Source): Promise<Pick<Outcome, 'result' | 'problem'>> {
  const path = 'fuzzed file';
  try {
    return { result: await read(source, path) };
  } catch (error) {
    if (!isVoxmimError(error)) return { result: 'crash', problem: String(error) };
    const told = `${error.message} ${String(error.cause)} ${JSON.stringify(error.details)}`;
    if (!told.includes(path)) return { result: 'error', problem: `names no file: ${told}` };
    if (IDENTITY.test(told)) return { result: 'error', problem: `names a patient: ${told}` };
    return { result: error.code };
  }
}

async function read({ kind, bytes }: Source, path: string): Promise<string> {
  if (kind === 'nifti') {
    readNifti(bytes, path);
    return 'volume';
  }
  const { series, skipped } = await openDicom([{ path, bytes: () => Promise.resolve(bytes) }]);
  if (IDENTITY.test(JSON.stringify({ series, skipped }))) throw new Error('names a patient');
  for (const one of series)
    await one.read({ unevenSlices: 'interpolate', duplicateSlices: 'first' });
  return series.length > 0 ? 'volume' : 'skipped';
}
