import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Affine, Shape3 } from '@voxmim/core';

import { axisCodes, reorient } from '@voxmim/volumes';
import { readNifti } from './read-nifti.js';
import { writeNifti } from './write-nifti.js';

type Rows = [Row, Row, Row];
type Row = [number, number, number, number];

/** Made by tools/fixtures/nifti.py with nibabel 5.4. */
const golden: {
  files: { name: string; codes: string; file: string; affine: Rows; values: number[] }[];
  turned: {
    affine: Rows;
    values: number[];
    results: { codes: string; shape: Shape3; affine: Rows; values: number[] }[];
  };
} = JSON.parse(readFileSync(join(__dirname, '../../fixtures/nifti.json'), 'utf8'));

/** The fixtures hold NIfTI's column order x, y, z. */
const toArrayOrder = (rows: Rows): Affine => [row(rows[0]), row(rows[1]), row(rows[2])];
const row = ([x, y, z, t]: Row): Row => [z, y, x, t];

function expectClose(received: Affine, expected: Rows, digits: number) {
  toArrayOrder(expected).forEach((cells, axis) =>
    cells.forEach((cell, column) => expect(received[axis][column]).toBeCloseTo(cell, digits)),
  );
}

describe('files in 48 orientations, of every type, order, version, form', () => {
  it.each(golden.files)('$name', ({ name, codes, file, affine, values }) => {
    const volume = readNifti(Uint8Array.from(Buffer.from(file, 'base64')), name);
    expectClose(volume.affine, affine, 4);
    expect(axisCodes(volume.affine)).toBe(codes);
    expect(volume.data).toHaveLength(values.length);
    values.forEach((value, index) => expect(volume.data[index]).toBeCloseTo(value, 4));
  });

  it.each(golden.files)('$name is written with a qform that means the same', ({ name, file }) => {
    const volume = readNifti(Uint8Array.from(Buffer.from(file, 'base64')), name);
    const bytes = writeNifti(volume, { kind: 'image' });
    new DataView(bytes.buffer).setInt16(254, 0, true); // sform_code: unknown
    const back = readNifti(bytes, name);
    expect([...back.data]).toEqual([...volume.data]);
    back.affine
      .flat()
      .forEach((cell, index) => expect(cell).toBeCloseTo(volume.affine.flat()[index], 3));
  });
});

describe('reorient to each of the 48 axis codes', () => {
  const { affine, values, results } = golden.turned;
  const volume = {
    data: Int16Array.from(values),
    shape: [2, 3, 4] as const,
    channels: 1,
    affine: toArrayOrder(affine),
  };

  it.each(results)('$codes', ({ codes, shape, affine: expected, values: moved }) => {
    const turned = reorient(volume, codes);
    expect(turned.shape).toEqual(shape);
    expectClose(turned.affine, expected, 4);
    expect([...turned.data]).toEqual(moved);
    expect(axisCodes(turned.affine)).toBe(codes);
  });
});
