import fc from 'fast-check';

import {
  type Affine,
  affineOf,
  affinesAgree,
  composeAffines,
  invertAffine,
  spacingOf,
  transformPoint,
} from './affine.js';
import { isVoxmimError } from './errors.js';

const oblique: Affine = [
  [0.1, -0.2, 0.9, 10],
  [0.3, 1.4, 0.1, -20],
  [2.8, -0.3, 0.2, 30],
];
const coordinate = fc.double({ min: -100, max: 100, noNaN: true });

describe('affineOf', () => {
  it('puts depth along superior, height along anterior and width along right', () => {
    const affine = affineOf([3, 2, 1], [-5, -6, -7]);
    expect(transformPoint(affine, [1, 0, 0])).toEqual([-5, -6, -4]);
    expect(transformPoint(affine, [0, 1, 0])).toEqual([-5, -4, -7]);
    expect(transformPoint(affine, [0, 0, 1])).toEqual([-4, -6, -7]);
    expect(spacingOf(affine)).toEqual([3, 2, 1]);
  });
});

describe('invertAffine', () => {
  it('brings every point back', () => {
    fc.assert(
      fc.property(coordinate, coordinate, coordinate, (d, h, w) => {
        const there = transformPoint(oblique, [d, h, w]);
        const back = transformPoint(invertAffine(oblique), there);
        [d, h, w].forEach((value, axis) => {
          expect(back[axis]).toBeCloseTo(value, 8);
        });
      }),
    );
  });

  it('refuses a flat grid', () => {
    const flat = composeAffines(oblique, [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(() => invertAffine(flat)).toThrow('cannot be inverted');
    try {
      invertAffine(flat);
    } catch (error) {
      expect(isVoxmimError(error, 'INVALID_DATA')).toBe(true);
    }
  });
});

describe('composeAffines', () => {
  it('applies the right one first', () => {
    const shift: Affine = [
      [1, 0, 0, 4],
      [0, 1, 0, 5],
      [0, 0, 1, 6],
    ];
    const composed = transformPoint(composeAffines(oblique, shift), [1, 2, 3]);
    const expected = transformPoint(oblique, [5, 7, 9]);
    composed.forEach((value, axis) => expect(value).toBeCloseTo(expected[axis]!, 10));
  });
});

describe('affinesAgree', () => {
  it('looks at the far corners, where a small angle shows', () => {
    const tilted: Affine = [
      [0, 1e-4, 1, 0],
      [0, 1, 0, 0],
      [1, 0, 0, 0],
    ];
    expect(affinesAgree(affineOf([1, 1, 1]), tilted, [4, 4, 4])).toBe(true);
    expect(affinesAgree(affineOf([1, 1, 1]), tilted, [4, 400, 4])).toBe(false);
  });
});
