import { dicomBytes } from '@voxmim/testing/node';

import { DICOM_START_BYTES, dicomStart, looksLikeDicom } from './dicom-start.js';
import { openDicom } from './open-dicom.js';

const source = (bytes: Uint8Array) => ({ path: 'IM0001', bytes: () => Promise.resolve(bytes) });
const codings = ['implicit', 'explicit', 'bigEndian'] as const;
const starts = ['preamble', 'meta', 'dataSet'] as const;
const voxels = [1, 2, 3, 4, 5, 6].map((value) => value - 1000);

async function voxelsOf(bytes: Uint8Array): Promise<number[]> {
  const { series, skipped } = await openDicom([source(bytes)]);
  expect(skipped).toEqual([]);
  return [...(await series[0].read()).volume.data];
}

describe.each(starts)('a file that begins with its %s', (start) => {
  it.each(codings)('is known by its bytes and read, %s', async (coding) => {
    const bytes = dicomBytes({}, { start, coding });
    expect(looksLikeDicom(bytes.subarray(0, DICOM_START_BYTES))).toBe(true);
    expect(dicomStart(bytes)).toBe(start === 'dataSet' ? coding : start);
    expect(await voxelsOf(bytes)).toEqual(voxels);
  });
});

it.each(codings)(
  'believes the bytes where the transfer syntax says otherwise: %s',
  async (coding) => {
    for (const other of ['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', null]) {
      expect(await voxelsOf(dicomBytes({}, { coding, syntax: other }))).toEqual(voxels);
    }
  },
);

it('reads a data set that follows its preamble at once', async () => {
  const preamble = dicomBytes().subarray(0, 132);
  const bytes = Uint8Array.from([...preamble, ...dicomBytes({}, { start: 'dataSet' })]);
  expect(await voxelsOf(bytes)).toEqual(voxels);
});

it.each([
  ['text', new TextEncoder().encode('patient,age\n'.repeat(40))],
  ['nothing', new Uint8Array(0)],
  ['zeros', new Uint8Array(400)],
  [
    'voxels that begin as group 8 does',
    Uint8Array.from({ length: 400 }, (_, at) => [8, 0][at] ?? at),
  ],
  ['a NIfTI header', Uint8Array.from({ length: 400 }, (_, at) => [0x5c, 1][at] ?? 0)],
])('does not take %s for DICOM', (_, bytes) => {
  expect(looksLikeDicom(bytes)).toBe(false);
});
