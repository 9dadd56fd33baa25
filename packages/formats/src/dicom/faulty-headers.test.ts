import { type DicomElements, dicomBytes } from '@voxmim/testing/node';
import { isVoxmimError, spacingOf } from '@voxmim/core';

import { openDicom } from './open-dicom.js';
import { parseNumbers } from './dicom-number.js';

/** Slices 3 mm apart, each with elements of its own. */
const stack = (slices: readonly DicomElements[]) =>
  openDicom(
    slices.map((elements, index) => ({
      path: `f${index}`,
      bytes: () =>
        Promise.resolve(dicomBytes({ '0020,0032': ['DS', `0\\0\\${index * 3}`], ...elements })),
    })),
  );

const three = (elements: DicomElements) => stack([elements, elements, elements]);

async function readSound(elements: DicomElements) {
  const { series, skipped } = await three(elements);
  expect([series.length, skipped]).toEqual([1, []]);
  const { volume, notes } = await series[0].read();
  return { spacing: spacingOf(volume.affine), first: volume.data[0], notes: notes.join(' ') };
}

const reasonOf = async (elements: DicomElements) => {
  const { series, skipped } = await three(elements);
  expect(series).toEqual([]);
  return skipped[0].reason;
};

it.each([
  ['1.5\\2', [1.5, 2]],
  [' +1.5e0 \\ .5', [1.5, 0.5]],
  ['1,50\\-0,25\0', [1.5, -0.25]],
])('reads the numbers %j whole', (text, numbers) => {
  expect(parseNumbers(text)).toEqual({ numbers });
});

it.each(['1.5 mm', '1.5\\', '1,5,1,5', '0x10', 'NaN', '1e999', '--1', '1.234.567,8'])(
  'takes no part of %j for a number',
  (text) => {
    expect('malformed' in parseNumbers(text)).toBe(true);
  },
);

describe('what a header says in another way is read, and told where it is a guess', () => {
  it.each<[string, DicomElements, readonly number[], RegExp]>([
    ['decimal commas', { '0028,0030': ['DS', '1,50\\1,25'] }, [3, 1.5, 1.25], /^$/],
    ['a VR of its own', { '0028,0030': ['UT', '1.5\\1.25'] }, [3, 1.5, 1.25], /^$/],
    ['binary numbers', { '0028,0030': ['FD', [1.5, 1.25]] }, [3, 1.5, 1.25], /^$/],
    [
      'directions longer than 1',
      { '0020,0037': ['DS', '2\\0\\0\\0\\2\\0'] },
      [3, 0.5, 2],
      /length 1/,
    ],
    [
      'the spacing of the imager',
      { '0028,0030': undefined, '0018,1164': ['DS', '1\\1'] },
      [3, 1, 1],
      /ImagerPixelSpacing is taken/,
    ],
  ])('%s', async (_, elements, expected, told) => {
    const { spacing, notes } = await readSound(elements);
    spacing.forEach((size, axis) => expect(size).toBeCloseTo(expected[axis], 9));
    expect(notes).toMatch(told);
  });

  it.each(['0', '-2', 'none'])('a slice by itself of thickness %s is 1 mm thick', async (text) => {
    const { series } = await stack([{ '0018,0050': ['DS', text] }]);
    const { volume, notes } = await series[0].read();
    expect(spacingOf(volume.affine)[0]).toBe(text === '-2' ? 2 : 1);
    if (text !== '-2') expect(notes.join()).toContain('no thickness above 0');
  });
});

it.each<[string, DicomElements, RegExp]>([
  ['a mosaic by its kind', { '0008,0008': ['CS', 'ORIGINAL\\PRIMARY\\M\\ND\\MOSAIC'] }, /mosaic/],
  ['a mosaic by its count', { '0019,100a': ['US', [9]] }, /mosaic/],
  ['a palette', { '0028,0004': ['CS', 'PALETTE COLOR'] }, /palette/],
  [
    'spacing that is no number',
    { '0028,0030': ['DS', '1.5 mm\\1'] },
    /PixelSpacing is what is no number/,
  ],
  ['one spacing', { '0028,0030': ['DS', '1.5'] }, /PixelSpacing has 1 numbers, not 2/],
  ['no size', { '0028,0030': ['DS', '0\\0'] }, /PixelSpacing is 0 and 0 mm/],
  ['no spacing', { '0028,0030': undefined }, /PixelSpacing is missing/],
  ['no position', { '0020,0032': undefined }, /ImagePositionPatient is missing/],
  ['no direction', { '0020,0037': ['DS', '0\\0\\0\\0\\0\\0'] }, /ImageOrientationPatient is 0/],
  ['skew directions', { '0020,0037': ['DS', '1\\0\\0\\0.5\\1\\0'] }, /right angles/],
  ['a slope of 0', { '0028,1053': ['DS', '0'] }, /RescaleSlope is 0/],
  ['half a slope', { '0028,1053': ['DS', '1.0.0'] }, /RescaleSlope is "1.0.0"/],
])('names what is wrong with %s', async (_, elements, reason) => {
  expect(await reasonOf(elements)).toMatch(reason);
});

it('says which file left a gap, and why', async () => {
  const { series, skipped } = await stack([{}, {}, { '0028,0030': ['DS', '?'] }, {}, {}]);
  expect(skipped).toHaveLength(1);
  const error: unknown = await series[0].read().catch((reason: unknown) => reason);
  expect(isVoxmimError(error, 'INVALID_DATA')).toBe(true);
  expect(String(error)).toMatch(
    /1 slices seem to be missing; 1 files were left out, such as f2: its PixelSpacing/,
  );
});
