import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Affine, affineOf, type Shape3 } from '@voxmim/core';

import { resample } from './resample.js';

/** Made by tools/fixtures/cubic.py with scipy 1.17. */
const golden: {
  shape: Shape3;
  values: number[];
  results: { target: Shape3; affine: Affine; values: number[] }[];
} = JSON.parse(readFileSync(join(__dirname, '../../fixtures/cubic.json'), 'utf8'));

const grid = { shape: golden.shape, channels: 1, affine: affineOf([1, 1, 1]) };
const volume = { ...grid, data: Float32Array.from(golden.values) };

describe('cubic resampling', () => {
  it.each(golden.results)('agrees with scipy on %#', ({ target, affine, values }) => {
    const world = [affine[2], affine[1], affine[0]] as const; // index to index, as index to RAS+
    const found = resample(volume, { shape: target, affine: world }, 'cubic');
    found.data.forEach((value, index) => expect(value).toBeCloseTo(values[index], 5));
  });

  it('gives voxels back on their own grid, and whole numbers for integers', () => {
    const same = resample(volume, volume, 'cubic');
    same.data.forEach((value, index) => expect(value).toBeCloseTo(volume.data[index], 5));
    const bytes = { ...grid, data: Uint8Array.from(volume.data, (value) => (value > 0 ? 255 : 0)) };
    const shifted = { shape: golden.shape, affine: affineOf([1, 1, 1], [0.5, 0, 0]) };
    const rounded = resample(bytes, shifted, 'cubic').data;
    // The spline overshoots 0 and 255, which would wrap around without the clamp.
    const exact = resample(
      { ...bytes, data: Float32Array.from(bytes.data) },
      shifted,
      'cubic',
    ).data;
    expect(Math.min(...exact)).toBeLessThan(0);
    rounded.forEach((value, index) => {
      const held = Math.min(Math.max(exact[index], 0), 255);
      expect(Math.abs(value - held)).toBeLessThan(0.5 + 1e-4);
    });
  });

  it('rounds linear values of integer voxels', () => {
    const pair = {
      data: Int16Array.of(0, -3),
      shape: [1, 1, 2] as const,
      channels: 1,
      affine: affineOf([1, 1, 1]),
    };
    const target = { shape: [1, 1, 1] as const, affine: affineOf([1, 1, 1], [0.6, 0, 0]) };
    expect([...resample(pair, target, 'linear').data]).toEqual([-2]);
  });
});
