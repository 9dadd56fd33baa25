import { affineOf } from '@voxmim/core';
import fc from 'fast-check';

import { bratsRegions, labelsOfRegions, RegionsConfig, regionTargets } from './regions.js';

const mapOf = (...labels: number[]) => ({
  data: Uint8Array.from(labels),
  shape: [1, 1, labels.length] as const,
  channels: 1,
  affine: affineOf([1, 1, 1]),
});

it('turns labels into TC, WT and ET', () => {
  const { data, channels, shape } = regionTargets(mapOf(0, 1, 2, 4), bratsRegions);
  expect([channels, shape]).toEqual([3, [1, 1, 4]]);
  expect([...data]).toEqual([0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1]);
});

it('writes the inner region over the outer one, whatever their order', () => {
  const orders = fc.shuffledSubarray([...bratsRegions], { minLength: 3 });
  const labels = fc.array(fc.constantFrom(0, 1, 2, 4), { minLength: 1 });
  fc.assert(
    fc.property(orders, labels, (regions, values) => {
      const map = mapOf(...values);
      expect(labelsOfRegions(regionTargets(map, regions), regions)).toEqual(map);
    }),
  );
});

it('writes the value that a region names', () => {
  const regions = RegionsConfig.parse([{ name: 'any', labels: [1, 2, 3], value: 9 }]);
  expect([...labelsOfRegions(regionTargets(mapOf(0, 3, 5), regions), regions).data]).toEqual([
    0, 9, 0,
  ]);
});

it.each([
  [[]],
  [[{ name: 'a', labels: [] }]],
  [[{ name: 'a', labels: [0] }]],
  [
    [
      { name: 'a', labels: [1] },
      { name: 'a', labels: [2] },
    ],
  ],
])('refuses %j', (input) => {
  expect(RegionsConfig.safeParse(input).success).toBe(false);
});
