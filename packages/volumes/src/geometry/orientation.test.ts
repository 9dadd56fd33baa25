import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Affine, Shape3 } from '@voxmim/core';

import { axisCodes } from './orientation.js';
import { reorient } from './reorient.js';

interface Turned {
  readonly shape: Shape3;
  readonly affine: Affine;
  readonly values: number[];
}

/** Made by tools/fixtures/orientation.py with nibabel 5.4. */
const golden: Turned & { results: (Turned & { codes: string })[] } = JSON.parse(
  readFileSync(join(__dirname, '../../fixtures/orientation.json'), 'utf8'),
);
const { shape, affine } = golden;
const volume = { data: Int16Array.from(golden.values), shape, channels: 1, affine };

describe('reorient agrees with nibabel on an oblique grid', () => {
  it('has every one of the 48 codes', () => {
    expect(new Set(golden.results.map(({ codes }) => codes)).size).toBe(48);
  });

  it.each(golden.results)('to $codes', ({ codes, ...expected }) => {
    const turned = reorient(volume, codes);

    expect(turned.shape).toEqual(expected.shape);
    expect([...turned.data]).toEqual(expected.values);
    turned.affine.flat().forEach((cell, at) => {
      expect(cell).toBeCloseTo(expected.affine.flat()[at], 5);
    });
    expect(axisCodes(turned.affine)).toBe(codes);
    expect(reorient(turned, axisCodes(affine)).data).toEqual(volume.data);
  });
});
