import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import {
  type Affine,
  type Volume,
  type VolumeReader,
  type VoxelArray,
  VolumeReaders,
} from '@voxmim/core';
import { testReaderConformance, type ReaderCase } from '@voxmim/testing/node';

import { writeNifti } from '../nifti/write-nifti.js';
import { dicomReader } from './dicom-folder.js';
import { niftiReader } from './read-nifti-file.js';
import { readVolume } from './read-volume.js';

const affine: Affine = [
  [0.1, 0, 0.7, -46],
  [0, 1.1, -0.1, 12],
  [2.5, 0.2, 0, 7],
];

function volume<Voxels extends VoxelArray>(data: Voxels): Volume<Voxels> {
  return { data, shape: [2, 3, 4], channels: 1, affine };
}

function nifti(name: string, held: Volume): ReaderCase {
  const bytes = writeNifti(held, { kind: 'image' });
  return { name, bytes: name.endsWith('.gz') ? gzipSync(bytes) : bytes, volume: held };
}

const ramp = Array.from({ length: 24 }, (_, index) => 7 * index - 50);

testReaderConformance({ describe, it }, niftiReader, [
  nifti('plain.nii', volume(Int16Array.from(ramp))),
  nifti('packed.nii.gz', volume(Float32Array.from(ramp, (value) => value / 8))),
]);

/** An enhanced multi-frame file, whose numbers dcm2niix knows in the order x, y, z. */
const golden: {
  stacks: { name: string; files: string[]; volumes: { affine: number[][]; values: number[] }[] }[];
} = JSON.parse(readFileSync(join(__dirname, '../../fixtures/dicom-stacks.json'), 'utf8'));

describe('DICOM', () => {
  const enhanced = golden.stacks.find(({ name }) => name === 'enhanced')!;
  const [known] = enhanced.volumes;
  const [x, y, z] = known.affine.map(([i, j, k, t]) => [k, j, i, t] as const);

  testReaderConformance({ describe, it }, dicomReader, [
    {
      name: 'enhanced.dcm',
      bytes: Buffer.from(enhanced.files[0], 'base64'),
      volume: fromRas({ values: known.values, affine: [[...x], [...y], [...z]] }),
    },
  ]);
});

/** Rows and columns of DICOM run to left and posterior: the same voxels, the other way round. */
function fromRas({ values, affine: ras }: { values: number[]; affine: Affine }): Volume {
  const [depth, height, width] = [4, 6, 8];
  const data = Int16Array.from(values, (_, index) => {
    const [d, h, w] = [
      Math.floor(index / (height * width)),
      Math.floor(index / width) % height,
      index % width,
    ];
    return values[(d * height + (height - 1 - h)) * width + (width - 1 - w)];
  });
  const turned = ras.map(([d, h, w, t]) => [d, -h, -w, t + h * (height - 1) + w * (width - 1)]);
  const [x, y, z] = turned.map(([d, h, w, t]) => [d, h, w, t] as const);
  return {
    data,
    shape: [depth, height, width],
    channels: 1,
    affine: [[...x], [...y], [...z]],
  };
}

describe('VolumeReaders', () => {
  const held = volume(Uint8Array.from({ length: 24 }, (_, index) => index));
  const toy: VolumeReader = {
    name: 'acme/toy',
    accepts: (path) => path.endsWith('.toy'),
    read: () => Promise.resolve(held),
  };

  it('reads what one of them accepts, and takes its extension off', async () => {
    const readers = new VolumeReaders().register(toy);
    expect(await readVolume('scan.toy', readers)).toBe(held);
    expect(readers.withoutExtension('a/scan.1.toy')).toBe('a/scan.1');
    expect(readers.withoutExtension('a/scan.nii')).toBe('a/scan.nii');
  });

  it.each([
    ['takes NIfTI files', { ...toy, name: 'acme/any', accepts: () => true }, 'scan.nii'],
    ['has the name of another', toy, 'already registered'],
  ])('refuses one that %s', (_, reader, told) => {
    const readers = new VolumeReaders().register(toy);
    expect(() => readers.register(reader)).toThrow(told);
  });
});
