import { fillNormal, fillUniform } from './fill-random.js';
import { createRandom } from './random.js';

const COUNT = 400_000;

/** Share of values in each of ten bins of equal width over `[low, high)`. */
function shares(values: Float32Array, low: number, high: number): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const value of values) {
    const bin = Math.floor(((value - low) / (high - low)) * 10);
    if (bin >= 0 && bin < 10) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count) => count / values.length);
}

function filled(fill: typeof fillNormal, seed: number): Float32Array {
  const values = new Float32Array(COUNT);
  fill(values, createRandom(seed));
  return values;
}

it('fills with uniform numbers from 0 to below 1', () => {
  const values = filled(fillUniform, 1);
  for (const share of shares(values, 0, 1)) expect(share).toBeCloseTo(0.1, 2);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
});

it('fills with normal numbers: in the body, in the wedges and in the tail', () => {
  const values = filled(fillNormal, 2);
  // The normal distribution's shares of ten bins from -5 to 5.
  const expected = [0.0000315, 0.0013182, 0.0214002, 0.1359051, 0.3413447];
  const found = shares(values, -5, 5);
  const error = (share: number) => 4.5 * Math.sqrt(share / COUNT);
  [...expected, ...[...expected].reverse()].forEach((share, bin) => {
    expect(Math.abs((found[bin] ?? NaN) - share)).toBeLessThan(error(share));
  });
  const beyond = values.filter((value) => Math.abs(value) > 3.442619855899).length / COUNT;
  expect(Math.abs(beyond - 0.000576)).toBeLessThan(error(0.000576));
  let [mean, squares, fourths] = [0, 0, 0];
  for (const value of values) {
    mean += value / COUNT;
    squares += value ** 2 / COUNT;
    fourths += value ** 4 / COUNT;
  }
  expect(mean).toBeCloseTo(0, 2);
  expect(squares).toBeCloseTo(1, 2);
  expect(fourths).toBeCloseTo(3, 1);
});

it.each([fillUniform, fillNormal])('%p depends on the stream only', (fill) => {
  const draw = (seed: number) => [...filled(fill, seed).subarray(0, 3000)];
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
  // Two runs are not the same one twice.
  expect(draw(5).slice(0, 500)).not.toEqual(draw(5).slice(1024, 1524));
});
