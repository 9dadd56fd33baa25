import { isVoxmimError, type Volume } from '@voxmim/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DicomSource } from '../dicom-slice.js';
import { openDicom } from '../open-dicom.js';
import { parseDicom } from '../parse-dicom.js';
import { readDicomSeg } from './read-seg.js';
import { readSegSource } from './seg-source.js';
import { segmentCodesOf } from './segment-codes.js';
import { packFrames } from './segment-frames.js';
import { writeDicomSeg } from './write-seg.js';

interface Stacks {
  readonly stacks: readonly { readonly name: string; readonly files: readonly string[] }[];
}
const fixtures = join(__dirname, '../../../fixtures/dicom-stacks.json');
const { stacks } = JSON.parse(readFileSync(fixtures, 'utf8')) as Stacks;

function sourcesOf(name: string): DicomSource[] {
  const files = stacks.find((stack) => stack.name === name)?.files ?? [];
  return files.map((file, index) => ({
    path: `slice-${index}`,
    bytes: async () => Buffer.from(file, 'base64'),
  }));
}

const segments = [
  { name: 'liver', color: [230, 159, 0] as const },
  { name: 'tumor', color: [86, 180, 233] as const },
];
const algorithm = { name: 'voxmim', version: '0' };

/** A series, and labels on its grid: class 1 in slice 1, class 2 in the last, none in the others. */
async function labeled(name: string) {
  const sources = sourcesOf(name);
  const { series } = await openDicom(sources);
  const { volume } = await series[0].read();
  const [depth, height, width] = volume.shape;
  const area = height * width;
  const data = new Uint8Array(depth * area);
  for (let pixel = 0; pixel < area; pixel += 3) data[area + pixel] = 1;
  for (let pixel = 1; pixel < area; pixel += 5) data[(depth - 1) * area + pixel] = 2;
  const labels: Volume<Uint8Array> = { ...volume, data };
  return { sources, labels };
}

async function written(name: string) {
  const { sources, labels } = await labeled(name);
  const source = await readSegSource(sources);
  const bytes = await writeDicomSeg({ labels, segments, source, algorithm });
  return { bytes, labels, source };
}

it.each([
  'axial, implicit little endian',
  'axial from the head down, big endian',
  'sagittal, deflated',
  'oblique, explicit little endian',
])('writes and reads back a segmentation: %s', async (name) => {
  const { bytes, labels, source } = await written(name);

  const { volume, segments: read } = readDicomSeg(bytes, 'seg.dcm');

  const [depth, height, width] = labels.shape;
  // Slice 0 is empty, so the file begins with slice 1.
  expect(volume.shape).toEqual([depth - 1, height, width]);
  expect(volume.data).toEqual(labels.data.subarray(height * width));
  labels.affine.forEach((row, axis) => {
    const start = row[3] + row[0];
    expect(volume.affine[axis]?.[3]).toBeCloseTo(start, 3);
    expect(volume.affine[axis]?.[0]).toBeCloseTo(row[0], 3);
  });
  expect(read).toEqual([
    { label: 1, name: 'liver' },
    { label: 2, name: 'tumor' },
  ]);
  const data = parseDicom(bytes, 'seg.dcm', true);
  const frames = data.elements['x52009230'].items ?? [];
  const first = frames.at(0)?.dataSet?.elements['x00089124'].items?.[0]?.dataSet;
  const image = first?.elements['x00082112']?.items?.[0]?.dataSet;
  const instances = source.slices.map(({ instanceUid }) => instanceUid);
  expect(instances).toContain(image?.string('x00081155'));
  expect(new Set(instances).size).toBe(depth);
});

it('writes every slice of the first segment where nothing was found', async () => {
  const { labels, sources } = await labeled('axial, implicit little endian');
  const empty = { ...labels, data: new Uint8Array(labels.data.length) };
  const source = await readSegSource(sources);
  const bytes = await writeDicomSeg({ labels: empty, segments, source, algorithm });
  expect(readDicomSeg(bytes, 'seg.dcm').volume).toMatchObject({ shape: labels.shape });
});

it('packs the first voxel into the lowest bit, and runs on through frames', () => {
  const labels = { data: Uint8Array.of(1, 0, 1, 0, 1, 1), shape: [2, 1, 3] as const };
  const volume = { ...labels, channels: 1, affine: [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]] } as const; // prettier-ignore
  const frames = [0, 1].map((slice) => ({ segment: 1, slice }));
  expect([...packFrames(volume, frames)]).toEqual([0b110101, 0]);
});

it('refuses what is cut off, in a sentence that names the file', async () => {
  const { bytes } = await written('axial, implicit little endian');
  for (let length = 140; length < bytes.length; length += 101) {
    try {
      readDicomSeg(bytes.slice(0, length), 'seg.dcm');
      throw new RangeError(`${length} bytes were read`);
    } catch (error) {
      if (!isVoxmimError(error, 'INVALID_FILE', 'UNSUPPORTED_FILE')) throw error;
      expect(error.message).toContain('seg.dcm');
    }
  }
});

it('refuses a series that nothing can refer to', async () => {
  const [first] = sourcesOf('axial, implicit little endian');
  const bytes = await first.bytes();
  const wiped = Buffer.from(bytes);
  // Class and instance of group 8 and of the group before it.
  for (const tag of ['\x08\0\x18\0', '\x02\0\x03\0']) {
    const at = wiped.indexOf(Buffer.from(tag, 'latin1'));
    wiped.fill(0, at + 8, at + 12);
  }
  const source = { path: 'slice', bytes: async () => wiped };
  await expect(readSegSource([source])).rejects.toThrow(/slice/);
});

it('says what a segment is: by the table, by its name, or tissue', () => {
  const spleen = { value: '1', scheme: 'X', meaning: 'mine' };
  expect(segmentCodesOf('Left_Ventricle').type.value).toBe('87878005');
  expect(segmentCodesOf('tumor').category.value).toBe('49755003');
  expect(segmentCodesOf('class 7').type.meaning).toBe('Tissue');
  expect(segmentCodesOf('spleen', { spleen: { type: spleen } }).type).toEqual(spleen);
  expect(segmentCodesOf('constructor').type.meaning).toBe('Tissue');
});
