import { bandMiddles, endsOf, linearScale, logScale, niceTicks, roundedScale } from './scale.js';

describe('niceTicks', () => {
  it.each([
    [0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [-0.03, 0.07, [-0.02, 0, 0.02, 0.04, 0.06]],
    [1, 360, [100, 200, 300]],
  ])('are round from %d to %d', (low, high, ticks) => {
    expect(niceTicks(low, high, 5)).toEqual(ticks);
  });
});

describe('scales', () => {
  it('place the ends at the ends', () => {
    const { at } = linearScale([0, 10], [300, 0]);

    expect([at(0), at(5), at(10)]).toEqual([300, 150, 0]);
  });

  it('begin and end at a tick where they are rounded', () => {
    const { ticks, at } = roundedScale([0.03, 0.97], [0, 100]);

    expect([ticks[0], ticks.at(-1), at(0), at(1)]).toEqual([0, 1, 0, 100]);
  });

  it('hold a curve without a height in the middle', () => {
    expect(linearScale([3, 3], [0, 100]).at(3)).toBe(50);
    expect(roundedScale([0, 0], [0, 100]).at(0)).toBe(50);
  });

  it('mark powers of ten where values span several', () => {
    const { ticks, at } = logScale([0.01, 100], [0, 100]);

    expect(ticks).toEqual([0.01, 0.1, 1, 10, 100]);
    expect(at(1)).toBeCloseTo(50);
  });
});

it('divides a length into bands', () => {
  expect(bandMiddles(2, [0, 100])).toEqual([25, 75]);
});

it('leaves out what is not finite of the ends, and knows when there is nothing', () => {
  expect(endsOf([NaN, 2, Infinity, 1])).toEqual([1, 2]);
  expect(endsOf([NaN])).toBeUndefined();
});
