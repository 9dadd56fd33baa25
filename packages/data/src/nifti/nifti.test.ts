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
    ['an affine with NaN', changed((view) => view.setFloat32(280, NaN, true))],
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
