import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Affine, Shape3, Spacing3 } from '@voxmim/core';

import { gridWithSpacing, axisCodes, reorient, resample } from '@voxmim/volumes';
import { readNifti } from './nifti/read-nifti.js';

type Rows = [Row, Row, Row];
type Row = [number, number, number, number];

/** Made by tools/fixtures/data.py with nibabel 5.0 and MONAI 1.5. */
const golden: {
  files: { name: string; file: string; affine: Rows; values: number[] }[];
  orientation: {
    codes: string;
    results: { codes: string; shape: Shape3; affine: Rows; values: number[] }[];
  };
  spacing: {
    shape: Shape3;
    affine: Rows;
    values: number[];
    results: { spacing: Spacing3; mode: string; shape: Shape3; affine: Rows; values: number[] }[];
  };
} = JSON.parse(readFileSync(join(__dirname, '../fixtures/data.json'), 'utf8'));

/** The fixtures hold NIfTI's column order x, y, z. */
const toArrayOrder = (rows: Rows): Affine => [row(rows[0]), row(rows[1]), row(rows[2])];
const row = ([x, y, z, t]: Row): Row => [z, y, x, t];

function expectClose(received: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  expect(received).toHaveLength(expected.length);
  const worst = Array.from(expected).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - received[index])),
    0,
  );
  expect(worst).toBeLessThanOrEqual(tolerance);
}

describe('readNifti agrees with nibabel', () => {
  it.each(golden.files)('on $name', ({ name, file, affine, values }) => {
    const volume = readNifti(Uint8Array.from(Buffer.from(file, 'base64')), name);
    expect(volume.shape).toEqual([2, 3, 4]);
    expectClose(volume.affine.flat(), toArrayOrder(affine).flat(), 1e-5);
    expectClose(volume.data, values, 1e-4);
  });
});

describe('reorient agrees with nibabel', () => {
  const first = golden.files[0];
  const volume = {
    ...readNifti(Uint8Array.from(Buffer.from(first.file, 'base64')), first.name),
    data: Int16Array.from({ length: 24 }, (_, index) => {
      const [w, h, d] = [index % 4, Math.floor(index / 4) % 3, Math.floor(index / 12)];
      return (w * 3 + h) * 2 + d; // numpy's arange over [x, y, z]
    }),
  };

  it('on the codes of an oblique affine', () => {
    expect(axisCodes(volume.affine)).toBe(golden.orientation.codes);
  });

  it.each(golden.orientation.results)('to $codes', ({ codes, shape, affine, values }) => {
    const turned = reorient(volume, codes);
    expect(turned.shape).toEqual(shape);
    expectClose(turned.affine.flat(), toArrayOrder(affine).flat(), 1e-4);
    expect([...turned.data]).toEqual(values);
    expect(axisCodes(turned.affine)).toBe(codes);
  });
});

describe('resample agrees with MONAI Spacing', () => {
  const { shape, affine, values, results } = golden.spacing;
  const volume = {
    data: Float32Array.from(values),
    shape,
    channels: 1,
    affine: toArrayOrder(affine),
  };

  it.each(results)('to $spacing mm, $mode', ({ spacing, mode, ...expected }) => {
    const grid = gridWithSpacing(volume, spacing);
    expect(grid.shape).toEqual(expected.shape);
    expectClose(grid.affine.flat(), toArrayOrder(expected.affine).flat(), 1e-5);
    const resampled = resample(volume, grid, mode === 'nearest' ? 'nearest' : 'linear');
    expectClose(resampled.data, expected.values, 1e-5);
  });
});
