import { createRandom, type Shape3, type Spacing3 } from '@voxmim/core';
import fc from 'fast-check';

import { distanceTransform } from './distance-transform.js';
import { surfaceDistances, surfaceVoxels } from './surface-distances.js';

const extents = fc.integer({ min: 1, max: 7 });
const gaps = fc.double({ min: 0.2, max: 5, noNaN: true });
const grids = fc.record({
  shape: fc.tuple(extents, extents, extents),
  spacing: fc.tuple(gaps, gaps, gaps),
  seed: fc.nat(),
  density: fc.constantFrom(0.02, 0.2, 0.7),
});

function drawMask([depth, height, width]: Shape3, seed: number, density: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length: depth * height * width }, () =>
    random.uniform() < density ? 1 : 0,
  );
}

/** The nearest of `targets`, by looking at each. */
function nearest(index: number, targets: Int32Array, shape: Shape3, spacing: Spacing3): number {
  const place = (at: number) => [
    Math.floor(at / (shape[1] * shape[2])) * spacing[0],
    (Math.floor(at / shape[2]) % shape[1]) * spacing[1],
    (at % shape[2]) * spacing[2],
  ];
  const here = place(index);
  return Math.min(
    ...Array.from(targets, (target) =>
      Math.hypot(...place(target).map((value, axis) => value - here[axis])),
    ),
  );
}

function expectAllClose(received: ArrayLike<number>, expected: readonly number[]): void {
  const wrong = expected.findIndex((value, index) => {
    return !(received[index] === value || Math.abs(received[index] - value) < 1e-5);
  });
  expect(wrong).toBe(-1);
  expect(received).toHaveLength(expected.length);
}

it('finds the nearest set voxel on any grid', () => {
  fc.assert(
    fc.property(grids, ({ shape, spacing, seed, density }) => {
      const mask = drawMask(shape, seed, density);
      const targets = Int32Array.from(mask.keys()).filter((index) => mask[index] === 1);

      const distances = distanceTransform(mask, shape, spacing);

      expectAllClose(
        distances,
        Array.from(mask, (_, index) => nearest(index, targets, shape, spacing)),
      );
    }),
  );
});

it('measures from surface to surface on any grid', () => {
  fc.assert(
    fc.property(grids, fc.nat(), ({ shape, spacing, seed, density }, other) => {
      const [found, wanted] = [drawMask(shape, seed, density), drawMask(shape, other, 0.5)];
      const [foundSurface, wantedSurface] = [
        surfaceVoxels(found, shape),
        surfaceVoxels(wanted, shape),
      ];

      const distances = surfaceDistances(found, wanted, shape, spacing);

      const expected = (from: Int32Array, to: Int32Array) =>
        Array.from(from, (index) => nearest(index, to, shape, spacing));
      expectAllClose(distances.fromPrediction, expected(foundSurface, wantedSurface));
      expectAllClose(distances.fromTruth, expected(wantedSurface, foundSurface));
    }),
  );
});

it('takes the border of the array for a surface, and no voxel with six neighbours inside', () => {
  const solid = new Uint8Array(27).fill(1);

  expect([...surfaceVoxels(solid, [3, 3, 3])]).toEqual(
    [...solid.keys()].filter((index) => index !== 13),
  );
});
