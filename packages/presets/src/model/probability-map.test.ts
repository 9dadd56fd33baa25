import { affineOf } from '@voxmim/core';

import { ProbabilityMap } from './probability-map.js';

const grid = { shape: [1, 2, 2] as const, affine: affineOf([1, 2, 3]) };
const rows = [
  [0, Math.log(3), 1000, 0],
  [-1000, -1000, 0, 0],
];

it('is a softmax over classes, safe for large logits', () => {
  const map = new ProbabilityMap(grid, 'classes');
  rows.forEach((row, index) => map.add(Float32Array.from(row), 2 * index, 2));
  const { data, ...rest } = map.finish();
  expect(rest).toEqual({ ...grid, channels: 2 });
  [0.25, 0.75, 1, 0, 0.5, 0.5, 0.5, 0.5].forEach((value, index) =>
    expect(data[index]).toBeCloseTo(value, 6),
  );
});

it('is a sigmoid of each region', () => {
  const map = new ProbabilityMap(grid, 'regions');
  rows.forEach((row, index) => map.add(Float32Array.from(row), 2 * index, 2));
  [0.5, 0.75, 1, 0.5, 0, 0, 0.5, 0.5].forEach((value, index) =>
    expect(map.finish().data[index]).toBeCloseTo(value, 6),
  );
});
