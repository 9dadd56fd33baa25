import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { affineOf, type Shape3, type Spacing3, zipAxes } from '@voxmim/core';

import { gridWithSpacing } from './grid.js';
import { type Interpolation, resample, type ResampleOptions } from './resample.js';

interface Golden {
  readonly kind: 'cubic' | 'slices' | 'antiAlias' | 'oneHotLinear';
  readonly shape: Shape3;
  readonly target: Shape3;
  readonly spacing: Spacing3;
  readonly values: number[];
  readonly expected: number[];
}

/** Made by tools/fixtures/resampling.py with scikit-image 0.26 and scipy 1.17. */
const golden: Golden[] = JSON.parse(
  readFileSync(join(__dirname, '../../fixtures/resampling.json'), 'utf8'),
);

const METHODS: Readonly<Record<Golden['kind'], readonly [Interpolation, ResampleOptions]>> = {
  cubic: ['cubic', { clip: true }],
  slices: ['cubic', { clip: true, separateSlices: true }],
  antiAlias: ['linear', { antiAlias: true }],
  oneHotLinear: ['oneHotLinear', {}],
};

describe('resampling to a size agrees with scikit-image and nnU-Net', () => {
  it.each(golden)('by $kind from $shape to $target', (found) => {
    const { kind, shape, target, spacing, values, expected } = found;
    const volume = {
      data: Float32Array.from(values),
      shape,
      channels: 1,
      affine: affineOf(spacing),
    };
    const extent = zipAxes(shape, spacing, (voxels, size) => voxels * size);
    const grid = gridWithSpacing(
      volume,
      zipAxes(extent, target, (size, voxels) => size / voxels),
      'nnunet',
    );
    const [interpolation, options] = METHODS[kind];

    const { data } = resample(volume, grid, interpolation, options);

    expect(grid.shape).toEqual(target);
    expected.forEach((value, index) => {
      if (value === -1 && kind === 'oneHotLinear') return; // a tie
      expect(data[index]).toBeCloseTo(value, 5);
    });
  });

  it('finds the same values where the grid is turned, so that slices are not along an axis of memory', () => {
    const [, , { shape, values, spacing, target, expected }] = golden;
    const volume = {
      data: Float32Array.from(values),
      shape,
      channels: 1,
      affine: affineOf(spacing),
    };
    const size = zipAxes(shape, target, (before, after) => before / after);
    const straight = gridWithSpacing(
      volume,
      zipAxes(size, spacing, (a, b) => a * b),
      'nnunet',
    );
    const [right, anterior, superior] = straight.affine;
    const turn = ([d, h, w, t]: typeof right) => [w, d, h, t] as const;
    const turned = {
      shape: [target[2], target[0], target[1]] as const,
      affine: [turn(right), turn(anterior), turn(superior)] as const,
    };

    const { data } = resample(volume, turned, 'cubic', { clip: true, separateSlices: true });

    expected.forEach((value, index) => {
      const [d, h, w] = [
        Math.floor(index / (target[1] * target[2])),
        Math.floor(index / target[2]) % target[1],
        index % target[2],
      ];
      expect(data[(w * target[0] + d) * target[1] + h]).toBeCloseTo(value, 5);
    });
  });
});
