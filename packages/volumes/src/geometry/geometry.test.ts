import {
  type Affine,
  affineOf,
  affinesAgree,
  type Shape3,
  transformPoint,
  type Volume,
} from '@voxmim/core';
import fc from 'fast-check';

import { boundingBox, cropBox, paddedBox } from './box.js';
import { gridWithSpacing } from './grid.js';
import { reorient } from './reorient.js';
import { resample } from './resample.js';

const oblique: Affine = [
  [0.2, -0.3, 1.8, -11],
  [0.4, 2.1, -0.25, 7],
  [2.9, -0.5, 0.3, 5],
];

function ramp(shape: Shape3, affine: Affine): Volume<Float32Array> {
  const length = shape[0] * shape[1] * shape[2];
  return { data: Float32Array.from({ length }, (_, index) => index), shape, channels: 1, affine };
}

/** A function that is linear in the world, sampled on a grid. */
function worldRamp(shape: Shape3, affine: Affine): Volume<Float32Array> {
  const volume = ramp(shape, affine);
  let index = 0;
  for (let d = 0; d < shape[0]; d++) {
    for (let h = 0; h < shape[1]; h++) {
      for (let w = 0; w < shape[2]; w++) {
        const [x, y, z] = transformPoint(affine, [d, h, w]);
        volume.data[index++] = x - 2 * y + 3 * z;
      }
    }
  }
  return volume;
}

const axisOrders = fc.constantFrom('RAS', 'LPS', 'PIR', 'ASL', 'IPL', 'SRP');

describe('reorient', () => {
  it('keeps every voxel at its place in the world, and comes back', () => {
    fc.assert(
      fc.property(axisOrders, axisOrders, (first, second) => {
        const volume = reorient(worldRamp([3, 4, 5], oblique), first);
        const turned = reorient(volume, second);
        const expected = worldRamp(turned.shape, turned.affine);
        turned.data.forEach((value, index) => expect(value).toBeCloseTo(expected.data[index], 3));
        expect([...reorient(turned, first).data]).toEqual([...volume.data]);
        expect(affinesAgree(reorient(turned, first).affine, volume.affine, volume.shape)).toBe(
          true,
        );
      }),
    );
  });

  it('moves channels together', () => {
    const data = Int16Array.of(1, 10, 2, 20);
    const volume = { data, shape: [1, 1, 2] as const, channels: 2, affine: affineOf([1, 1, 1]) };
    expect([...reorient(volume, 'LAS').data]).toEqual([2, 20, 1, 10]);
  });
});

describe('resample', () => {
  it('reproduces a linear function on an oblique grid', () => {
    const source = worldRamp([8, 9, 10], affineOf([1, 1, 1]));
    const affine: Affine = [
      [0.1, 0.2, 0.6, 2],
      [0.3, 0.6, -0.2, 3],
      [0.7, -0.2, 0.1, 2],
    ];
    const found = resample(source, { shape: [4, 4, 4], affine }, 'linear');
    const expected = worldRamp([4, 4, 4], affine);
    found.data.forEach((value, index) => expect(value).toBeCloseTo(expected.data[index], 3));
  });

  it('takes the separable and the oblique path to the same values', () => {
    const source = worldRamp([5, 6, 7], affineOf([2, 1.5, 1]));
    const grid = gridWithSpacing(source, [1.3, 1.1, 0.9]);
    const tilt = 1e-4;
    const tilted: Affine = [
      [tilt, grid.affine[0][1], grid.affine[0][2], 0],
      [grid.affine[1][0], grid.affine[1][1], tilt, 0],
      grid.affine[2],
    ];
    const straight = resample(source, grid, 'linear').data;
    const oblique = resample(source, { shape: grid.shape, affine: tilted }, 'linear').data;
    straight.forEach((value, index) => expect(oblique[index]).toBeCloseTo(value, 1));
  });

  it('puts `outside` beyond half a voxel and the border value within', () => {
    const source = ramp([1, 1, 3], affineOf([1, 1, 1]));
    const affine = affineOf([1, 1, 0.4], [-0.8, 0, 0]);
    const found = resample(source, { shape: [1, 1, 4], affine }, 'nearest', { outside: 9 });
    expect([...found.data]).toEqual([9, 0, 0, 0]);
  });

  it('gives 190 slices as MONAI and 192 as nnU-Net for 64 slices of 3 mm at 1 mm', () => {
    const grid = { shape: [64, 4, 4] as const, affine: affineOf([3, 1, 1]) };
    expect(gridWithSpacing(grid, [1, 1, 1], 'monai').shape[0]).toBe(190);
    const halves = { shape: [112, 2, 2] as const, affine: affineOf([3, 1, 1]) };
    expect(gridWithSpacing(halves, [2, 1, 1], 'monai').shape[0]).toBe(168); // 167.5 to the even
    const nnunet = gridWithSpacing(grid, [1, 1, 1], 'nnunet');
    expect(nnunet.shape[0]).toBe(192);
    expect(transformPoint(nnunet.affine, [0, 0, 0])[2]).toBeCloseTo(-1); // the outer face stays
  });
});

describe('cropBox', () => {
  it('keeps the place in the world and fills what lies beyond', () => {
    const volume = ramp([2, 2, 2], oblique);
    const box = cropBox(volume, { origin: [0, 1, -1], shape: [1, 2, 3] }, [-5]);
    expect([...box.data]).toEqual([-5, 2, 3, -5, -5, -5]);
    const place = transformPoint(oblique, [0, 1, 0]);
    transformPoint(box.affine, [0, 0, 1]).forEach((value, axis) => {
      expect(value).toBeCloseTo(place[axis], 10);
    });
  });

  it('is undone by the padded box', () => {
    const { origin, shape } = paddedBox([3, 8, 4], [6, 6, 5]);
    expect(shape).toEqual([6, 8, 5]);
    expect(origin).toEqual([-1, 0, 0]);
  });
});

describe('boundingBox', () => {
  it('is the smallest box around the foreground', () => {
    const volume = { ...ramp([3, 4, 5], oblique), data: new Float32Array(60) };
    volume.data[1 * 20 + 2 * 5 + 3] = 1;
    volume.data[2 * 20 + 1 * 5 + 4] = 1;
    expect(boundingBox(volume, (value) => value > 0)).toEqual({
      origin: [1, 1, 3],
      shape: [2, 2, 2],
    });
    expect(boundingBox(volume, (value) => value > 1)).toBeUndefined();
  });
});
