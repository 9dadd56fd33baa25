import { affineOf, type Affine, type Shape3, type Vector3, type Volume } from '@voxmim/core';

import { centreOf, mostLabeledPoint, slicePlane, type Plane } from './plane.js';

const SHAPE: Shape3 = [2, 3, 4];
/** A grid whose indices grow towards left, posterior and superior. */
const LPS: Affine = [
  [0, 0, -1, 0],
  [0, -1, 0, 0],
  [1, 0, 0, 0],
];

/** All 0 but one voxel. */
function marked(affine: Affine, [d, h, w]: Vector3, shape: Shape3 = SHAPE): Volume<Float32Array> {
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  data[(d * shape[1] + h) * shape[2] + w] = 1;
  return { data, shape, channels: 1, affine };
}

function placeOfMark(volume: Volume, plane: Plane, at: Vector3) {
  const { data, width } = slicePlane(volume, plane, at);
  const found = data.indexOf(1);
  return { row: Math.floor(found / width), column: found % width };
}

describe('slicePlane', () => {
  // In RAS, the last voxel is right, anterior, superior; in LPS the same body point has h = w = 0.
  it.each([
    ['RAS', marked(affineOf([1, 1, 1]), [1, 2, 3]), [1, 2, 3]],
    ['LPS', marked(LPS, [1, 0, 0]), [1, 0, 0]],
  ] as const)(
    'puts the right anterior superior corner of %s at the upper left',
    (_, volume, at) => {
      expect(placeOfMark(volume, 'axial', at)).toEqual({ row: 0, column: 0 });
      expect(placeOfMark(volume, 'coronal', at)).toEqual({ row: 0, column: 0 });
      expect(placeOfMark(volume, 'sagittal', at)).toEqual({ row: 0, column: 0 });
    },
  );

  it.each([
    ['RAS', marked(affineOf([1, 1, 1]), [0, 2, 0]), [0, 2, 0]],
    ['LPS', marked(LPS, [0, 0, 3]), [0, 0, 3]],
  ] as const)('puts the left anterior inferior corner of %s where it belongs', (_, volume, at) => {
    expect(placeOfMark(volume, 'axial', at)).toEqual({ row: 0, column: 3 });
    expect(placeOfMark(volume, 'coronal', at)).toEqual({ row: 1, column: 3 });
    expect(placeOfMark(volume, 'sagittal', at)).toEqual({ row: 1, column: 0 });
  });

  it('follows axes stored in another order', () => {
    // depth runs right, height superior, width posterior
    const stored: Affine = [
      [1, 0, 0, 0],
      [0, 0, -2, 0],
      [0, 3, 0, 0],
    ];
    const volume = marked(stored, [1, 2, 0]);

    const axial = slicePlane(volume, 'axial', [1, 2, 0]);

    expect([axial.width, axial.height]).toEqual([2, 4]);
    expect(axial.spacing).toEqual([2, 1]);
    expect(axial.data.indexOf(1)).toBe(0);
  });

  it('reads the chosen channel', () => {
    const volume = {
      ...marked(affineOf([1, 1, 1]), [0, 0, 0], [1, 1, 2]),
      shape: [1, 1, 1] as const,
    };
    const twoChannels = { ...volume, data: Float32Array.of(5, 7), channels: 2 };

    expect([...slicePlane(twoChannels, 'axial', [0, 0, 0], 1).data]).toEqual([7]);
  });

  it('names the sides of the patient', () => {
    const volume = marked(LPS, [0, 0, 0]);

    expect(slicePlane(volume, 'axial', [0, 0, 0]).edges).toEqual({
      left: 'R',
      right: 'L',
      top: 'A',
      bottom: 'P',
    });
    expect(slicePlane(volume, 'sagittal', [0, 0, 0]).edges.left).toBe('A');
  });

  it('moves a point outside the volume to its edge', () => {
    const volume = marked(affineOf([1, 1, 1]), [1, 2, 3]);

    expect(slicePlane(volume, 'axial', [9, 0, 0]).data[0]).toBe(1);
  });
});

describe('mostLabeledPoint', () => {
  it('finds the slices with the most labeled voxels', () => {
    expect(mostLabeledPoint(marked(LPS, [1, 2, 0]))).toEqual([1, 2, 0]);
  });

  it('is the middle where nothing is labeled', () => {
    const empty = { ...marked(LPS, [0, 0, 0]), data: new Float32Array(24) };

    expect(mostLabeledPoint(empty)).toEqual(centreOf(empty));
    expect(centreOf(empty)).toEqual([1, 1, 2]);
  });
});
