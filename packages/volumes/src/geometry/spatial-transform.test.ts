import { type Affine, affineOf, isVoxmimError, transformPoint, type Volume } from '@voxmim/core';
import fc from 'fast-check';

import { gridWithSpacing } from './grid.js';
import { resample } from './resample.js';
import { SpatialTransform } from './spatial-transform.js';

const oblique: Affine = [
  [0.2, -0.3, 1.8, -11],
  [0.4, 2.1, -0.25, 7],
  [2.9, -0.5, 0.3, 5],
];
/** Every axis leans on another. */
const sheared: Affine = [
  [0.1, 0.4, 1.2, 3],
  [0.9, 1.5, 0, -2],
  [2, 0.3, 0.2, 1],
];

function volumeOn(affine: Affine): Volume<Float32Array> {
  const shape = [5, 6, 7] as const;
  const data = Float32Array.from({ length: 210 }, (_, index) => ((index * 7919) % 101) - 50);
  return { data, shape, channels: 1, affine };
}

describe('SpatialTransform', () => {
  it('comes back to every voxel through turns and crops, bit for bit', () => {
    const codes = fc.constantFrom('RAS', 'LPS', 'PIR', 'ASL', 'IPL', 'SRP');
    const grids = fc.constantFrom(oblique, sheared, affineOf([2, 1, 1]));
    fc.assert(
      fc.property(codes, codes, grids, fc.nat(3), (first, second, affine, margin) => {
        const volume = volumeOn(affine);
        const size = (extent: number) => extent + 2 * margin;
        const way = SpatialTransform.of(volume).reoriented(first);
        const [depth, height, width] = way.target.shape;
        const there = way
          .cropped({
            origin: [-margin, -margin, -margin],
            shape: [size(depth), size(height), size(width)],
          })
          .reoriented(second);
        const back = there.inverse().apply(there.apply(volume, 'nearest'), 'nearest');
        expect(back.data).toEqual(volume.data);
        expect(back.affine).toEqual(volume.affine);
      }),
    );
  });

  it('interpolates once, where steps one by one would blur', () => {
    const volume = volumeOn(oblique);
    const away = gridWithSpacing(volume, [1.1, 1.3, 0.9]);

    const once = SpatialTransform.of(volume).onto(away).onto(volume).apply(volume, 'linear');
    const twice = resample(resample(volume, away, 'linear'), volume, 'linear');

    expect(once.data).toEqual(volume.data);
    expect(twice.data).not.toEqual(volume.data);
  });

  it('moves what the voxels show, and brings it back', () => {
    const volume = volumeOn(affineOf([2, 1.5, 1], [4, 5, 6]));
    const quarter: Affine = [
      [0, -1, 0, 20],
      [1, 0, 0, -3],
      [0, 0, 1, 2],
    ];
    const moved = SpatialTransform.of(volume).moved(quarter);
    const at = {
      shape: [1, 1, 1] as const,
      affine: affineOf([1, 1, 1], transformPoint(quarter, [7, 8, 12])),
    };

    // The voxel (3, 2, 3) lies at (7, 8, 12) in the world.
    const found = moved.onto(at).apply(volume, 'linear');

    expect(found.data[0]).toBeCloseTo(volume.data[(3 * 6 + 2) * 7 + 3], 4);
    const home = moved.onto(volume).moved([
      [0, 1, 0, 3],
      [-1, 0, 0, 20],
      [0, 0, 1, -2],
    ]);
    expect(home.apply(volume, 'linear').data).toEqual(volume.data);
  });

  it('puts places of an oblique or sheared grid where the affine says', () => {
    for (const affine of [oblique, sheared]) {
      const volume = volumeOn(affine);
      const voxel = {
        shape: [1, 1, 1] as const,
        affine: affineOf([1, 1, 1], transformPoint(affine, [2, 3, 4])),
      };
      for (const interpolation of ['nearest', 'linear', 'cubic'] as const) {
        const { data } = resample(volume, voxel, interpolation);
        expect(data[0]).toBeCloseTo(volume.data[(2 * 6 + 3) * 7 + 4], 3);
      }
    }
  });

  it('refuses a volume that it was not made for', () => {
    const way = SpatialTransform.of(volumeOn(oblique));
    const other = { ...volumeOn(oblique), shape: [7, 6, 5] as const };
    try {
      way.apply(other, 'linear');
      throw new Error('nothing was thrown');
    } catch (error) {
      expect(isVoxmimError(error, 'SHAPE_MISMATCH')).toBe(true);
    }
  });
});

describe('one-hot labels', () => {
  const labels = (...values: number[]): Volume<Uint8Array> => ({
    data: Uint8Array.from(values),
    shape: [1, 1, values.length],
    channels: 1,
    affine: affineOf([1, 1, 1]),
  });

  it('never gives a class that is not a neighbor', () => {
    const fine = gridWithSpacing(labels(0, 7, 0), [1, 1, 0.25]);
    const found = resample(labels(0, 7, 0), fine, 'oneHotLinear').data;
    // Halfway between two classes the lower one stands.
    expect([...found]).toEqual([0, 0, 0, 7, 7, 7, 0, 0, 0]);
  });

  it('takes what is outside from `outside`', () => {
    const target = { shape: [1, 1, 3] as const, affine: affineOf([1, 1, 1], [1.4, 0, 0]) };
    expect([...resample(labels(1, 2, 3), target, 'oneHotLinear', { outside: 9 }).data]).toEqual([
      2, 3, 9,
    ]);
  });
});
