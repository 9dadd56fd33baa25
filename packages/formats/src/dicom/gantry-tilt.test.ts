import { type Affine, isVoxmimError, transformPoint, type Volume } from '@voxmim/core';

import { gridWithSpacing } from '@voxmim/volumes';
import type { DicomImage, DicomSlice } from './dicom-slice.js';
import { straightened } from './gantry-tilt.js';
import { DicomStackConfig } from './stack-config.js';
import { stackSlices } from './stack-geometry.js';

const SLICES = 5;

/** Slices of 12 × 10 pixels of 1 × 2 mm, 3 mm apart, the next `shift` mm further along the rows' axis. */
function tiltedSlices(shift: number): DicomSlice[] {
  return Array.from({ length: SLICES }, (_, index) => ({
    image: { source: { path: `${index}.dcm` } } as DicomImage,
    frame: 0,
    position: [0, index * shift, index * 3],
    alongRow: [1, 0, 0],
    alongColumn: [0, 1, 0],
    pixelSpacing: [1, 2],
    thickness: 3,
    slope: 1,
    intercept: 0,
    phase: {},
    clocks: {},
    notes: [],
  }));
}

/** What a linear field of the world is at every voxel. */
function fieldOn(affine: Affine): Volume<Float32Array> {
  const shape = [SLICES, 12, 10] as const;
  const data = new Float32Array(SLICES * 12 * 10);
  for (let index = 0; index < data.length; index++) {
    const point = [Math.floor(index / 120), Math.floor(index / 10) % 12, index % 10] as const;
    data[index] = field(transformPoint(affine, point));
  }
  return { data, shape, channels: 1, affine };
}

const field = ([x, y, z]: readonly [number, number, number]) => 500 + 2 * x - 3 * y + 5 * z;

describe('a tilted gantry', () => {
  it('is refused on request, with the angle and the file', () => {
    const config = DicomStackConfig.parse({ gantryTilt: 'refuse' });
    const upright = stackSlices(tiltedSlices(0), config);
    expect([upright.tilt, upright.notes]).toEqual([0, []]);
    const refuse = () => stackSlices(tiltedSlices(0.8), config);
    expect(refuse).toThrow('0.dcm begins a series of a gantry tilted by 14.9°');
    try {
      refuse();
    } catch (error) {
      expect(isVoxmimError(error, 'INVALID_DATA')).toBe(true);
    }
  });

  it.each([0.8, -0.8])('is straightened where it lies, shift %d mm', (shift) => {
    const { affine, tilt } = stackSlices(tiltedSlices(shift), DicomStackConfig.parse({}));
    expect(tilt).toBeCloseTo(14.93, 2);
    const straight = straightened(fieldOn(affine));
    expect(straight.shape).toEqual([SLICES, 12 + 4, 10]); // 4 × 0.8 mm, whole pixels
    // Axes at right angles, slices at the same heights.
    const dot = (left: 0 | 1 | 2, right: 0 | 1 | 2) =>
      straight.affine.reduce((sum, row) => sum + row[left] * row[right], 0);
    expect([dot(0, 1), dot(0, 2), dot(1, 2)].map((value) => Math.abs(value) < 1e-9)).toEqual([
      true,
      true,
      true,
    ]);
    expect(transformPoint(straight.affine, [SLICES - 1, 0, 0])[2]).toBeCloseTo(12, 9);
    let inside = 0;
    straight.data.forEach((value, index) => {
      const row = Math.floor(index / 10) % 16;
      const slice = Math.floor(index / 160);
      const point = transformPoint(straight.affine, [slice, row, index % 10]);
      const own = -point[1] - slice * shift; // RAS to the row within the slice
      if (own < 0 || own > 11) return;
      inside += 1;
      expect(value).toBeCloseTo(field(point), 3);
    });
    expect(inside).toBeGreaterThan(0.9 * SLICES * 11 * 10);
  });

  it('leaves a grid that a spacing keeps upright', () => {
    const { affine } = stackSlices(tiltedSlices(0.8), DicomStackConfig.parse({}));
    const grid = gridWithSpacing(straightened(fieldOn(affine)), [1, 1, 1]);
    expect(grid.affine[1][0]).toBeCloseTo(0, 9);
  });
});
