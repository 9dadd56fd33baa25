import { thinPoints } from './thin-points.js';

describe('thinPoints', () => {
  it('averages neighbours and ends where the curve ends', () => {
    const points = [1, 2, 3, 4, 5].map((x) => [x, x * 10] as const);

    expect(thinPoints(points, 3)).toEqual([
      [2, 15],
      [4, 35],
      [5, 50],
    ]);
    expect(thinPoints(points, 5)).toEqual(points);
  });

  it('leaves out what is not finite', () => {
    expect(
      thinPoints([
        [1, NaN],
        [2, 3],
      ]),
    ).toEqual([[2, 3]]);
  });
});
