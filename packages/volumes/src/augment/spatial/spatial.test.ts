import { affineOf, createRandom, type Shape3, type Volume, volumeOf } from '@voxmim/core';
import fc from 'fast-check';

import { affineAbout } from './affine.js';
import { Displacement } from './elastic.js';
import { aboutCenter } from './spatial.js';
import { applySymmetry, symmetryAffine } from './symmetry.js';
import { warp } from './warp.js';

const shape = [7, 7, 9] as const;

function noise(extents: Shape3, channels = 1): Volume<Float32Array> {
  const random = createRandom(3);
  const data = Float32Array.from({ length: volumeOf(extents) * channels }, () => random.uniform());
  return { data, shape: extents, channels, affine: affineOf([2, 1, 1]) };
}

const identity = symmetryAffine({ flips: [false, false, false], swap: undefined }, shape);

it('takes flips and turns to the same voxels with and without interpolation', () => {
  const flag = fc.boolean();
  fc.assert(
    fc.property(fc.tuple(flag, flag, flag), flag, (flips, isTurned) => {
      const symmetry = { flips, swap: isTurned ? ([0, 1] as const) : undefined };
      const image = noise(shape, 2);
      const labels = { ...noise(shape), data: Uint8Array.from(noise(shape).data, (v) => v * 9) };
      const warped = warp({ image, labels }, symmetryAffine(symmetry, shape), undefined);
      expect(warped.image.data).toEqual(applySymmetry(image, symmetry).data);
      expect(warped.labels?.data).toEqual(applySymmetry(labels, symmetry).data);
    }),
    { numRuns: 16 },
  );
});

it('turns in millimetres: a quarter turn of a grid of 2 mm by 1 mm takes two steps for one', () => {
  const rotation = [Math.PI / 2, 0, 0] as const;
  const linear = affineAbout({ rotation, scale: [1, 1, 1], shear: [0, 0, 0, 0, 0, 0] });
  const turned = aboutCenter(linear, [3, 5, 5], [1, 2, 1]);
  // One index of width, 1 mm, comes from half an index of height.
  expect(turned[1][2]).toBeCloseTo(-0.5, 12);
  expect(turned[2][1]).toBeCloseTo(2, 12);
});

it('enlarges what is seen where the scale is above 1', () => {
  const ramp = noise(shape);
  ramp.data.forEach((_, index) => (ramp.data[index] = index % 9));
  const linear = affineAbout({ rotation: [0, 0, 0], scale: [1, 1, 2], shear: [0, 0, 0, 0, 0, 0] });
  const { data } = warp({ image: ramp }, aboutCenter(linear, shape, [1, 1, 1]), undefined).image;
  expect([...data.subarray(0, 9)]).toEqual([2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6]);
});

describe('elastic displacement', () => {
  const config = { probability: 1, spacing: 4, displacement: 1.5 };
  const field = (seed: number) => {
    const displacement = new Displacement(shape, config, createRandom(seed));
    const rows: Float64Array[] = [];
    for (let d = 0; d < shape[0]; d++) {
      for (let h = 0; h < shape[1]; h++) {
        const places = new Float64Array(shape[2] * 3);
        displacement.addTo(places, d, h);
        rows.push(places);
      }
    }
    return rows;
  };

  it('stays within its bound and never folds', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const rows = field(seed);
        const steps = rows.flatMap((places) =>
          Array.from({ length: shape[2] - 1 }, (_, w) => places[w * 3 + 5] - places[w * 3 + 2]),
        );
        expect(Math.max(...rows.flatMap((places) => [...places].map(Math.abs)))).toBeLessThan(1.5);
        expect(Math.min(...steps)).toBeGreaterThan(-1);
      }),
      { numRuns: 25 },
    );
  });

  it('moves by a constant where all control points do', () => {
    const constant = { ...createRandom(1), uniform: () => 0.75 };
    const displacement = new Displacement(shape, config, constant);
    const places = new Float64Array(shape[2] * 3).fill(10);
    displacement.addTo(places, 3, 2);
    for (const value of places) expect(value).toBeCloseTo(10.75, 12);
  });

  it('moves images and labels to the same place', () => {
    const image = noise(shape);
    image.data.forEach((_, index) => (image.data[index] = index % 9 > 4 ? 1 : 0));
    const labels = { ...image, data: Uint8Array.from(image.data) };
    const displacement = new Displacement(shape, config, createRandom(9));
    const warped = warp({ image, labels }, identity, displacement);
    const agreeing = warped.image.data.filter((value, index) => {
      const label = warped.labels?.data[index];
      return value === 0.5 || label === (value > 0.5 ? 1 : 0);
    });
    expect(agreeing.length).toBe(image.data.length);
    expect(warped.labels?.data).not.toEqual(labels.data);
  });
});
