import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readVolume } from './node/read-volume.js';
import { preprocess, PreprocessingConfig } from './preprocess.js';

/** Every 9973rd voxel by MONAI 1.5, from tools/fixtures/ct-pipeline.py. */
const golden: { shape: number[]; affine: number[][]; step: number; values: number[] } = JSON.parse(
  readFileSync(join(__dirname, '../fixtures/ct-pipeline.json'), 'utf8'),
);
const ct = join(
  process.env['VOXMIM_DATA'] ?? join(__dirname, '../../../../shared/data'),
  'ct/example_ct.nii.gz',
);

(existsSync(ct) ? describe : describe.skip)('preprocess on a real CT', () => {
  it('gives the grid and values of MONAI', async () => {
    const config = PreprocessingConfig.parse({ spacing: [2, 1.5, 1.5] });
    const { image } = preprocess(await readVolume(ct), undefined, config, { origin: ct });
    expect(image.shape).toEqual(golden.shape);
    image.affine.flat().forEach((cell, index) => {
      expect(cell).toBeCloseTo(golden.affine.flat()[index], 5);
    });
    const worst = golden.values.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - image.data[index * golden.step])),
      0,
    );
    expect(worst).toBeLessThan(1e-5);
  }, 60_000);
});
