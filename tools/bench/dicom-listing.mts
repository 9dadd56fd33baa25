/** Sorting a folder of many DICOM slices into series, by headers alone or by reading files whole. */
import { openDicom } from '@voxmim/formats/dicom';
import { dicomFile } from '@voxmim/formats/node';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as z from 'zod';

import { workspaceRoot } from '../scripts/workspace.mts';

const SLICES = 10_000;

/** Of a CT slice of 512 × 512 voxels of 16 bits. */
const SLICE_BYTES = 2 ** 19;

const Fixture = z.object({ stacks: z.array(z.object({ files: z.array(z.string()) })) });

let folder: string | undefined;

/** Lists {@link SLICES} slices. @returns how many were found */
export async function listSlices(_data: string, how: 'headers' | 'whole'): Promise<number> {
  folder ??= makeSlices();
  const at = folder;
  const sources = Array.from({ length: SLICES }, (_, index) => dicomFile(join(at, `${index}.dcm`)));
  const asked =
    how === 'headers'
      ? sources
      : sources.map((source) => ({ path: source.path, bytes: () => source.bytes() }));
  const { series } = await openDicom(asked);
  return series.reduce((sum, { files }) => sum + files.length, 0);
}

/** Sound headers; the pixels, which nothing looks at, are holes in the files. */
function makeSlices(): string {
  const made = mkdtempSync(join(tmpdir(), 'voxmim-bench-'));
  process.on('exit', () => rmSync(made, { recursive: true }));
  const fixture = join(workspaceRoot, 'packages/formats/fixtures/dicom-stacks.json');
  const { stacks } = Fixture.parse(JSON.parse(readFileSync(fixture, 'utf8')));
  const headers = stacks[0]?.files.map((file) => Buffer.from(file, 'base64')) ?? [];
  for (let index = 0; index < SLICES; index++) {
    const path = join(made, `${index}.dcm`);
    writeFileSync(path, headers[index % headers.length] ?? '');
    truncateSync(path, SLICE_BYTES);
  }
  return made;
}
