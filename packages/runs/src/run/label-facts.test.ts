import { affineOf } from '@voxmim/core';

import { itkSnapLabels, labelFacts } from './label-facts.js';

const map = {
  data: Uint8Array.of(0, 2, 2, 2, 0, 2, 2, 2),
  shape: [2, 2, 2] as const,
  channels: 1,
  affine: affineOf([5, 2, 10]),
};

it('gives every class its volume in ml, also one that was not found', () => {
  expect(labelFacts(map, ['background', 'liver', 'spleen'])).toMatchObject([
    { label: 1, name: 'liver', voxels: 0, ml: 0 },
    { label: 2, name: 'spleen', voxels: 6, ml: expect.closeTo(0.6) as number },
  ]);
});

it('describes labels as ITK-SNAP reads them, whatever their names hold', () => {
  const lines = itkSnapLabels(labelFacts(map, ['background', 'a "b"', 'spleen'])).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe('0\t0\t0\t0\t0\t1\t1\t"Clear Label"');
  expect(lines[1]).toMatch(/^1\t\d+\t\d+\t\d+\t1\t1\t1\t"a 'b'"$/);
});
