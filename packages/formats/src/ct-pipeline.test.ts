import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Volume } from '@voxmim/core';

import {
  boundingBox,
  cropBox,
  reorient,
  percentileClip,
  zScore,
  preprocess,
  PreprocessingConfig,
} from '@voxmim/volumes';
import { readVolume } from './node/read-volume.js';

interface Sampled {
  readonly shape: number[];
  readonly affine: number[][];
  readonly values: number[];
}

type Single =
  'scale' | 'percentiles' | 'zScore' | 'zScoreNonzero' | 'orientation' | 'cropForeground';

/** Every 9973rd or 1999th voxel by MONAI 1.5, from tools/fixtures/ct-pipeline.py. */
const golden: Sampled & { step: number; singles: Record<Single, Sampled> & { step: number } } =
  JSON.parse(readFileSync(join(__dirname, '../fixtures/ct-pipeline.json'), 'utf8'));
const ct = join(
  process.env['VOXMIM_DATA'] ?? join(__dirname, '../../../../shared/data'),
  'ct/example_ct.nii.gz',
);

function expectAgreement(found: Volume, expected: Sampled, step: number, tolerance: number): void {
  expect(found.shape).toEqual(expected.shape);
  found.affine.flat().forEach((cell, index) => {
    expect(cell).toBeCloseTo(expected.affine.flat()[index], 5);
  });
  const worst = expected.values.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - found.data[index * step])),
    0,
  );
  expect(worst).toBeLessThan(tolerance);
}

(existsSync(ct) ? describe : describe.skip)('on a real CT, the grid and values of MONAI', () => {
  it('come of the whole pipeline', async () => {
    const config = PreprocessingConfig.parse({ spacing: [2, 1.5, 1.5] });
    const { image } = preprocess(await readVolume(ct), undefined, config, { origin: ct });
    expectAgreement(image, golden, golden.step, 1e-5);
  }, 60_000);

  it.each<[Single, (volume: Volume) => Volume]>([
    ['scale', (volume) => percentileClip(volume, { range: [0, 100] })],
    ['percentiles', (volume) => percentileClip(volume, { range: [0.5, 99.5] })],
    ['zScore', (volume) => zScore(volume, { mask: 'all' })],
    ['zScoreNonzero', (volume) => zScore(volume, { mask: 'nonzero' })],
    ['orientation', (volume) => reorient(volume, 'PIR')],
    [
      'cropForeground',
      (volume) => {
        const box = boundingBox(volume, (value) => value > 300);
        return box ? cropBox(volume, box) : volume;
      },
    ],
  ])(
    'come of %s alone',
    async (name, transform) => {
      const found = transform(await readVolume(ct));
      expectAgreement(found, golden.singles[name], golden.singles.step, 1e-5);
    },
    60_000,
  );
});
