import { affineOf, isVoxmimError } from '@voxmim/core';

import { boxOf, parseRegion } from './region-of-interest.js';

const image = {
  data: new Uint8Array(2 * 3 * 4),
  shape: [2, 3, 4] as const,
  channels: 1,
  affine: affineOf([1, 1, 1]),
};

it('reads a box by the letters of axes, whatever their order', () => {
  const region = parseRegion('y=1:2, x=0:99');
  expect(boxOf(region, image, 'a.nii')).toEqual({ origin: [0, 1, 0], shape: [2, 1, 4] });
});

it('finds what is not 0', () => {
  const data = image.data.slice();
  data[1 * 12 + 2 * 4 + 3] = 7;
  const box = boxOf(parseRegion('nonzero'), { ...image, data }, 'a.nii');
  expect(box).toEqual({ origin: [1, 2, 3], shape: [1, 1, 1] });
});

it.each(['', 'x', 'x=5:5', 'x=7:3', 'x=1:2,x=2:3', '1:2,3:4,5:6', 'x=-1:4', 'zero'])(
  'refuses %j, and says how one is written',
  (text) => {
    let error: unknown;
    try {
      parseRegion(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(isVoxmimError(error, 'INVALID_CONFIG') && error.remedy).toContain('x=10:90');
  },
);
