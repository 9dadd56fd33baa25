import { type Registries, type Volume, volumeOf } from '@voxmim/core';
import { type DatasetCase, readCaseImage, readLabelMap } from '@voxmim/datasets/node';
import { writeNifti } from '@voxmim/formats';
import { readVolume } from '@voxmim/formats/node';
import { gzip } from 'node:zlib';
import { promisify } from 'node:util';

import type { CaseContent, PredictionContent } from '../view-content.js';
import { viewFile, type ViewFile } from './view-files.js';

/** A case and what runs made of it. */
export interface ShownCase {
  readonly entry: DatasetCase;
  readonly predictions: readonly {
    readonly file?: string | undefined;
    readonly dice?: number | undefined;
  }[];
}

/**
 * The volumes of a case as NIfTI files, whatever they were: of headers only the grid is kept, so that nothing of a
 * patient's gets into a page. Addresses are numbers, never names.
 */
export function caseFiles(
  { entry, predictions }: ShownCase,
  number: number,
  { readers }: Registries,
): { content: CaseContent; files: [string, ViewFile][] } {
  const files: [string, ViewFile][] = [];
  const add = (what: string, kind: 'image' | 'labels', read: () => Promise<Volume>): string => {
    const name = `volumes/${number}-${what}.nii.gz`;
    files.push(viewFile(name, async () => encoded(await read(), kind)));
    return name;
  };
  const { label } = entry;
  const found = predictions.map(({ file, dice }, index): PredictionContent => {
    const read = file === undefined ? null : async () => readVolume(file);
    return { labels: read && add(`prediction-${index}`, 'labels', read), dice: dice ?? null };
  });
  const content: CaseContent = {
    id: entry.id,
    image: add('image', 'image', async () => (await readCaseImage(entry, { readers })).image),
    truth:
      label === undefined ? null : add('truth', 'labels', async () => readLabelMap(label, readers)),
    predictions: found,
  };
  return { content, files };
}

const compress = promisify(gzip);

async function encoded(volume: Volume, kind: 'image' | 'labels'): Promise<Uint8Array> {
  // What is small is quick to pack; a large volume would be waited for.
  const level = volumeOf(volume.shape) > 2 ** 22 ? 1 : 6;
  return compress(writeNifti(volume, { kind }), { level });
}
