import { affineOf, createRandom } from '@voxmim/core';

import { classBalancedCrops } from './class-crops.js';

/** Class 2 in one voxel of 240, class 5 in four, background elsewhere. */
const labels = {
  data: Uint8Array.from({ length: 240 }, (_, at) => (at === 100 ? 2 : at >= 7 && at < 11 ? 5 : 0)),
  shape: [4, 6, 10] as const,
  channels: 1,
  affine: affineOf([1, 1, 1]),
};

function centers(ratios?: readonly number[], draws = 600): Map<number, Set<number>> {
  const sample = classBalancedCrops(labels, [1, 1, 1], ratios && { ratios });
  const found = new Map<number, Set<number>>();
  counts.clear();
  for (let seed = 0; seed < draws; seed++) {
    const [d, h, w] = sample(createRandom(seed)).origin;
    const index = (d * 6 + h) * 10 + w;
    const label = labels.data[index];
    found.set(label, (found.get(label) ?? new Set()).add(index));
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return found;
}
const counts = new Map<number, number>();

it('centers as often on a small class as on a large one, and on every voxel of it', () => {
  const found = centers();
  expect([...found.keys()].sort()).toEqual([0, 2, 5]);
  for (const label of [0, 2, 5]) {
    expect(counts.get(label)).toBeGreaterThan(160);
    expect(counts.get(label)).toBeLessThan(240);
  }
  expect(found.get(5)).toEqual(new Set([7, 8, 9, 10]));
});

it('keeps to the ratios, of classes that are there', () => {
  centers([0, 9, 3, 9, 9, 1]);
  expect(counts.has(0)).toBe(false);
  expect(counts.get(2)).toBeGreaterThan(400);
  expect(counts.get(2)).toBeLessThan(500);
});

it('is uniform where no wanted class is there', () => {
  expect(centers([0, 1]).get(0)?.size).toBeGreaterThan(180);
});

it('keeps crops within the volume', () => {
  const sample = classBalancedCrops(labels, [3, 6, 4]);
  for (let seed = 0; seed < 100; seed++) {
    const { origin } = sample(createRandom(seed));
    origin.forEach((start, axis) => {
      expect(start).toBeGreaterThanOrEqual(0);
      expect(start + [3, 6, 4][axis]).toBeLessThanOrEqual(labels.shape[axis]);
    });
  }
});
