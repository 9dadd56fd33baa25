import { affineOf } from '@voxmim/core';

import { boxThrough } from './box-through.js';
import { SpatialTransform } from './spatial-transform.js';

const grid = { shape: [10, 20, 30] as const, affine: affineOf([2, 1, 1]) };

it('finds a box again on a turned and finer grid', () => {
  const way = SpatialTransform.of(grid).reoriented('LAS').withSpacing([1, 1, 1], 'nnunet');
  const box = boxThrough(way, { origin: [2, 5, 10], shape: [3, 4, 5] }, [1, 1, 1]);
  // Counted from the other side along x, and twice as many slices.
  expect(box).toEqual({ origin: [4, 5, 15], shape: [6, 4, 5] });
});

it('widens a small box within the grid, and leaves a large one', () => {
  const way = SpatialTransform.of(grid);
  const least = [8, 8, 8] as const;
  expect(boxThrough(way, { origin: [0, 9, 28], shape: [1, 2, 2] }, least)).toEqual({
    origin: [0, 6, 22],
    shape: [8, 8, 8],
  });
  const whole = { origin: [0, 0, 0], shape: grid.shape } as const;
  expect(boxThrough(way, whole, least)).toEqual(whole);
});

it('has nothing of a box that the target cut off', () => {
  const way = SpatialTransform.of(grid).cropped({ origin: [5, 0, 0], shape: [5, 20, 30] });
  expect(boxThrough(way, { origin: [0, 0, 0], shape: [4, 4, 4] }, [1, 1, 1])).toBeUndefined();
});
