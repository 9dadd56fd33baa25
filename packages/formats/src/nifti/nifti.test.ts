import { gzipSync } from 'node:zlib';

import { type Affine, affinesAgree, createRandom, isVoxmimError, type Volume } from '@voxmim/core';

import { readNifti } from './read-nifti.js';
import { writeNifti } from './write-nifti.js';

const oblique: Affine = [
  [0.2, -0.3, 1.8, -11],
  [0.4, 2.1, -0.25, 7],
  [2.9, -0.5, 0.3, 5],
];
const mirrored: Affine = [
  [0, 0, -2, 3],
  [0, 3, 0, 4],
  [4, 0, 0, 5],
];
const volume: Volume<Int16Array> = {
  data: Int16Array.from({ length: 24 }, (_, index) => index * 7 - 50),
  shape: [2, 3, 4],
  channels: 1,
  affine: oblique,
};

function errorOf(bytes: Uint8Array): unknown {
  try {
    readNifti(bytes, 'brain.nii');
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('writeNifti', () => {
  it.each([{ affine: oblique }, { affine: mirrored }])(
    'is read back with voxels and affine',
    ({ affine }) => {
      const back = readNifti(writeNifti({ ...volume, affine }, { kind: 'image' }), 'x');
      expect([...back.data]).toEqual([...volume.data]);
      expect(back.data).toBeInstanceOf(Int16Array);
      expect(affinesAgree(back.affine, affine, back.shape)).toBe(true);
    },
  );

  it('writes a qform that means the same as the sform where axes are orthogonal', () => {
    const bytes = writeNifti({ ...volume, affine: mirrored }, { kind: 'image' });
    new DataView(bytes.buffer).setInt16(254, 0, true); // sform_code: unknown
    expect(affinesAgree(readNifti(bytes, 'x').affine, mirrored, volume.shape)).toBe(true);
  });

  it('keeps channels', () => {
    const channels = { ...volume, shape: [1, 3, 4] as const, channels: 2 };
    const back = readNifti(writeNifti(channels, { kind: 'image' }), 'x');
    expect([back.channels, ...back.data]).toEqual([2, ...volume.data]);
  });

  it('stores labels in the smallest integer type', () => {
    const labels = { ...volume, data: Int32Array.from({ length: 24 }, (_, index) => index * 11) };
    const small = readNifti(writeNifti(labels, { kind: 'labels' }), 'x');
    expect(small.data).toBeInstanceOf(Uint8Array.of(1).constructor);
    const large = { ...labels, data: labels.data.map((value) => value * 2) };
    expect(readNifti(writeNifti(large, { kind: 'labels' }), 'x').data).toBeInstanceOf(Int16Array);
  });
});

describe('the datatype to write', () => {
  const floats = { ...volume, data: Float32Array.from(volume.data, (value) => value + 0.5) };
  const typeCode = (bytes: Uint8Array<ArrayBuffer>) =>
    new DataView(bytes.buffer).getInt16(70, true);

  it.each([
    ['int16', 4],
    ['int32', 8],
    ['float64', 64],
    ['int64', 1024],
  ] as const)('is %s when asked', (datatype, code) => {
    const bytes = writeNifti(floats, { kind: 'image', datatype });
    expect(typeCode(bytes)).toBe(code);
    const expected = [...floats.data].map(
      datatype === 'float64' ? (x) => x : (x) => Math.round(x) + 0,
    );
    expect([...readNifti(bytes, 'x').data]).toEqual(expected);
  });

  it.each(['uint8', 'uint16', 'uint64'] as const)(
    'is refused when values do not fit %s',
    (datatype) => {
      expect(() => writeNifti(floats, { kind: 'image', datatype })).toThrow(
        `stored as ${datatype}`,
      );
    },
  );

  it.each([
    [255, 2],
    [256, 4],
    [40_000, 512],
    [70_000, 8],
    [3e9, 768],
    [-1, 256],
    [-200, 4],
  ])('is the smallest that holds the label %d', (label, code) => {
    const labels = { ...volume, data: Float64Array.from(volume.data, () => label) };
    const bytes = writeNifti(labels, { kind: 'labels' });
    expect(typeCode(bytes)).toBe(code);
    expect(readNifti(bytes, 'x').data[5]).toBe(label);
  });

  it('is none for labels that are no whole numbers', () => {
    expect(() => writeNifti(floats, { kind: 'labels' })).toThrow('no whole number.');
  });
});

describe('what a header says', () => {
  const bytes = writeNifti(volume, { kind: 'image' });
  const read = (edit: (view: DataView) => void) => {
    const copy = bytes.slice();
    edit(new DataView(copy.buffer));
    return readNifti(copy, 'x');
  };

  it.each([
    ['meters', 1, 1000],
    ['micrometers', 3, 0.001],
    ['unknown', 0, 1],
  ])('of units is turned from %s to millimetres', (_, unit, factor) => {
    const { affine } = read((view) => view.setUint8(123, unit | 8)); // time in seconds
    affine.flat().forEach((cell, index) => {
      expect(cell).toBeCloseTo(oblique.flat()[index] * factor, 3);
    });
  });

  it('of scaling keeps what 32 stored bits hold', () => {
    const wide = { ...volume, data: Int32Array.from(volume.data, (value) => value + 2 ** 30) };
    const scaled = writeNifti(wide, { kind: 'image' });
    new DataView(scaled.buffer).setFloat32(112, 0.5, true);
    expect([...readNifti(scaled, 'x').data]).toEqual([...wide.data].map((value) => value / 2));
  });

  it.each([NaN, 0, Infinity])('of scaling is ignored where the slope is %d', (slope) => {
    const { data } = read((view) => view.setFloat32(112, slope, true));
    expect(data).toBeInstanceOf(Int16Array);
    expect([...data]).toEqual([...volume.data]);
  });

  it('of extensions is kept from reading to writing, beside 5-dimensional channels', () => {
    const extensions = [
      { code: 4, bytes: new TextEncoder().encode('<AFNI/>  ') },
      { code: 6, bytes: Uint8Array.from({ length: 40 }, (_, index) => index) },
    ];
    const channels = { ...volume, shape: [1, 3, 4] as const, channels: 2 };
    const written = writeNifti(channels, { kind: 'image', extensions });
    new DataView(written.buffer).setInt16(40, 5, true); // t = 2, u = 1
    const back = readNifti(written, 'x');
    expect([...back.data]).toEqual([...volume.data]);
    expect(back.extensions.map(({ code, bytes }) => [code, bytes.length])).toEqual([
      [4, 24],
      [6, 40],
    ]);
    expect(new TextDecoder().decode(back.extensions[0].bytes)).toContain('<AFNI/>');
    const again = writeNifti(back, { kind: 'image', extensions: back.extensions });
    expect(readNifti(again, 'x').extensions).toEqual(back.extensions);
  });

  it('of an extension that lies about its size loses no voxel', () => {
    const extensions = [{ code: 4, bytes: new Uint8Array(8) }];
    const written = writeNifti(volume, { kind: 'image', extensions });
    new DataView(written.buffer).setInt32(352, 2 ** 30, true);
    const back = readNifti(written, 'x');
    expect([back.extensions.length, ...back.data]).toEqual([0, ...volume.data]);
  });
});

describe('readNifti on bad files', () => {
  const bytes = writeNifti(volume, { kind: 'image' });
  const changed = (edit: (view: DataView) => void) => {
    const copy = bytes.slice();
    edit(new DataView(copy.buffer));
    return copy;
  };

  it.each([
    ['nothing', new Uint8Array(0)],
    ['text', new TextEncoder().encode('not an image at all'.repeat(40))],
    ['a header cut short', bytes.slice(0, 200)],
    ['voxels cut short', bytes.slice(0, -1)],
    ['a truncated gzip file', gzipSync(bytes).subarray(0, 60)],
    [
      'a damaged gzip file',
      Uint8Array.from(gzipSync(bytes), (byte, index) => (index > 20 ? ~byte : byte)),
    ],
    ['a negative extent', changed((view) => view.setInt16(42, -4, true))],
    [
      'a 16 TB shape',
      changed((view) => [42, 44, 46].forEach((at) => view.setInt16(at, 20000, true))),
    ],
    ['an unknown datatype', changed((view) => view.setInt16(70, 77, true))],
    ['voxels before the file begins', changed((view) => view.setFloat32(108, -9, true))],
  ])('refuses %s, naming the file', (_, content) => {
    const error = errorOf(content);
    expect(isVoxmimError(error, 'INVALID_FILE')).toBe(true);
    expect(String(error)).toContain('brain.nii');
  });

  it('refuses colors as unsupported', () => {
    const error = errorOf(changed((view) => view.setInt16(70, 128, true)));
    expect(isVoxmimError(error, 'UNSUPPORTED_FILE')).toBe(true);
    expect(String(error)).toContain('RGB');
  });

  it('refuses Analyze 7.5, which has no orientation', () => {
    const error = errorOf(changed((view) => view.setInt32(344, 0)));
    expect(isVoxmimError(error, 'UNSUPPORTED_FILE')).toBe(true);
    expect(String(error)).toContain('Analyze 7.5');
  });

  it('stops reading a zip bomb once the voxels have arrived', () => {
    const bomb = gzipSync(Buffer.concat([bytes, Buffer.alloc(50_000_000)]));
    expect([...readNifti(bomb, 'x').data]).toEqual([...volume.data]);
  });

  it('answers every truncation and every flipped header bit with a volume or a typed error', () => {
    const gz = Uint8Array.from(gzipSync(bytes));
    const cuts = [bytes, gz].flatMap((source) =>
      Array.from({ length: source.length }, (_, length) => source.slice(0, length)),
    );
    const flips = [bytes, gz].flatMap((source) =>
      Array.from({ length: Math.min(352, source.length) * 8 }, (_, bit) => {
        const copy = source.slice();
        copy[bit >> 3] ^= 1 << (bit & 7);
        return copy;
      }),
    );
    const before = process.memoryUsage().rss;
    const errors = [...cuts, ...flips].map(errorOf);
    expect(errors.every((error) => error === undefined || isVoxmimError(error))).toBe(true);
    // A gzip file may lack its checksum and still hold every voxel; nothing else may be missing.
    expect(errors.slice(0, bytes.length).every((error) => error !== undefined)).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  });

  it('answers 2000 randomly damaged files with a volume or a typed error', () => {
    const random = createRandom(0, 'fuzz');
    const sources = [bytes, Uint8Array.from(gzipSync(bytes))];
    for (let round = 0; round < 2000; round++) {
      const source = sources[round % 2];
      const copy = source.slice(
        0,
        random.uniform() < 0.3 ? random.integer(source.length) : undefined,
      );
      for (let flips = 0; flips < 6 && copy.length > 0; flips++) {
        const limit = random.uniform() < 0.7 ? Math.min(352, copy.length) : copy.length;
        copy[random.integer(limit)] = random.integer(256);
      }
      const error = errorOf(copy);
      expect(error === undefined || isVoxmimError(error)).toBe(true);
    }
  });
});
