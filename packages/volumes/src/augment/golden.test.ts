import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { affineOf, type Shape3, type Vector3 } from '@voxmim/core';

import { multiplyByField } from './intensity/bias-field.js';
import { gaussianFilter } from './intensity/blur.js';
import { bend } from './intensity/gamma.js';
import { seenAt } from './intensity/low-resolution.js';
import { affineAbout, type AffineParameters } from './spatial/affine.js';
import { aboutCenter } from './spatial/spatial.js';
import { warp } from './spatial/warp.js';

/** Made by tools/fixtures/augment.py with MONAI 1.5, torch and scipy. */
const golden: {
  shape: Shape3;
  values: number[];
  affine: AffineParameters & { values: number[] };
  gamma: { exponent: number; isInverted: boolean; retainStatistics: boolean; values: number[] }[];
  blur: { sigma: Vector3; values: number[] }[];
  biasField: { degree: number; coefficients: number[]; values: number[] };
  lowResolution: { share: number; values: number[] };
} = JSON.parse(readFileSync(join(__dirname, '../../fixtures/augment.json'), 'utf8'));

const image = () => ({
  data: Float32Array.from(golden.values),
  shape: golden.shape,
  channels: 1,
  affine: affineOf([1, 1, 1]),
});

/** A second channel beside the first, which must be left alone or treated by itself. */
const twoChannels = () => ({
  ...image(),
  channels: 2,
  data: Float32Array.from(golden.values.flatMap((value) => [7, value])),
});

function expectClose(found: ArrayLike<number>, expected: readonly number[], digits = 5) {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, index) => expect(found[index]).toBeCloseTo(value, digits));
}

it("resamples an affine transform as MONAI's Affine", () => {
  const { rotation, shear, scale, values } = golden.affine;
  // MONAI scales the grid, this package what is seen on it.
  const [d, h, w] = scale;
  const linear = affineAbout({ rotation, shear, scale: [1 / d, 1 / h, 1 / w] });
  const toSource = aboutCenter(linear, golden.shape, [1, 1, 1]);
  expectClose(warp({ image: image() }, toSource, undefined).image.data, values, 4);
});

it.each(golden.gamma)(
  "bends as MONAI's AdjustContrast by $exponent",
  ({ exponent, values, ...how }) => {
    const bent = twoChannels();
    bend(bent, 1, exponent, how);
    expectClose(
      bent.data.filter((_, index) => index % 2 === 1),
      values,
    );
    expect(bent.data[0]).toBe(7);
  },
);

it.each(golden.blur)("blurs as scipy's gaussian_filter by $sigma", ({ sigma, values }) => {
  const blurred = twoChannels();
  gaussianFilter(blurred, 1, sigma);
  expectClose(
    blurred.data.filter((_, index) => index % 2 === 1),
    values,
  );
  expect(blurred.data[0]).toBe(7);
});

it("draws the field of MONAI's RandBiasField", () => {
  const { degree, coefficients, values } = golden.biasField;
  const ones = { ...image(), data: new Float32Array(values.length).fill(1) };
  multiplyByField(ones, degree, Float64Array.from(coefficients));
  expectClose(ones.data.map(Math.log), values);
});

it("sees a coarser grid as torch's interpolation does", () => {
  expectClose(seenAt(image(), golden.lowResolution.share).data, golden.lowResolution.values);
});
