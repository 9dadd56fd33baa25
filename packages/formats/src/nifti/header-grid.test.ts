import { spacingOf } from '@voxmim/core';

import { readNifti } from './read-nifti.js';
import { writeNifti } from './write-nifti.js';

const volume = {
  data: Uint8Array.from({ length: 24 }, (_, at) => at),
  shape: [2, 3, 4] as const,
  channels: 1,
  affine: [
    [0, 0, 1, -3],
    [0, 1.5, 0, -4],
    [2, 0, 0, -5],
  ] as const,
};

/** A sound file of voxels of 2 × 1.5 × 1 mm, changed. */
function changed(change: (view: DataView) => void) {
  const bytes = writeNifti(volume, { kind: 'image' });
  change(new DataView(bytes.buffer));
  return readNifti(bytes, 'a.nii');
}

const setSform = (view: DataView, rows: readonly number[]) =>
  rows.forEach((value, at) => view.setFloat32(280 + at * 4, value, true));
const setSizes = (view: DataView, [x, y, z]: readonly number[]) =>
  [x, y, z].forEach((size, at) => view.setFloat32(80 + at * 4, size, true));
const without = (view: DataView, form: 'sform' | 'qform') =>
  view.setInt16(form === 'qform' ? 252 : 254, 0, true);

it('has nothing to say of a sound file', () => {
  const { affine, notes } = changed(() => undefined);
  expect([affine, notes]).toEqual([volume.affine, []]);
});

it.each<[string, readonly number[]]>([
  ['of zeros', Array<number>(12).fill(0)],
  ['with an axis of no length', [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0]],
  ['whose axes lie in a plane', [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 2, 0]],
  ['of NaN', Array<number>(12).fill(NaN)],
  ['of voxels of a kilometre', [1e6, 0, 0, 0, 0, 1e6, 0, 0, 0, 0, 1e6, 0]],
])('passes over a sform %s, and says so', (_, rows) => {
  const { affine, notes } = changed((view) => setSform(view, rows));
  expect(spacingOf(affine)).toEqual([2, 1.5, 1]);
  expect(notes.join()).toMatch(/^Its sform .*; the qform is taken\./);
  const sizes = changed((view) => {
    setSform(view, rows);
    without(view, 'qform');
  });
  expect(spacingOf(sizes.affine)).toEqual([2, 1.5, 1]);
  expect(sizes.notes.join()).toMatch(/the pixdim is taken/);
});

it('tells of a sform that disagrees with the qform or pixdim by more than 1 %', () => {
  const unit = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];
  const told = /sform says voxels of 1 × 1 × 1 mm .* its (qform|pixdim) 2 × 1.5 × 1 mm/;
  for (const form of [undefined, 'qform'] as const) {
    const { affine, notes } = changed((view) => {
      setSform(view, unit);
      if (form) without(view, form);
    });
    expect(spacingOf(affine)).toEqual([1, 1, 1]);
    expect(notes.join()).toMatch(told);
  }
  expect(changed((view) => view.setFloat32(280, 1.005, true)).notes).toEqual([]);
  const flipped = changed((view) => view.setFloat32(280, -1, true));
  expect(flipped.notes.join()).toContain('sform says the axes LAS, its qform RAS');
});

it.each([[[0, 1.5, 2]], [[-1, 1.5, 2]], [[NaN, 1.5, 2]], [[Infinity, 1.5, 2]]])(
  'mends or refuses voxel sizes of %j, and says what was taken',
  (sizes) => {
    const { affine, notes } = changed((view) => setSizes(view, sizes));
    expect(spacingOf(affine)).toEqual([2, 1.5, 1]);
    expect(notes.join()).toContain('has voxel sizes (pixdim) of 2 × 1.5 ×');
    const bySizes = () =>
      changed((view) => {
        setSizes(view, sizes);
        without(view, 'sform');
      });
    if (sizes[0] === Infinity) expect(bySizes).toThrow(/a\.nii has no usable affine/);
    else expect(spacingOf(bySizes().affine)).toEqual([2, 1.5, 1]);
  },
);

it.each([
  [1, 'metres', 1000],
  [3, 'micrometres', 0.001],
])('converts unit %d, %s, and says so', (unit, name, scale) => {
  const { affine, notes } = changed((view) => view.setUint8(123, unit));
  spacingOf(affine).forEach((size, axis) => expect(size).toBeCloseTo([2, 1.5, 1][axis] * scale, 9));
  expect(notes.join()).toContain(name);
});
