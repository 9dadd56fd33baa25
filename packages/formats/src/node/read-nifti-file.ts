import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createGunzip, gunzipSync } from 'node:zlib';

import { isVoxmimError, VoxmimError, type VolumeReader } from '@voxmim/core';

import { NiftiAssembler, type NiftiVolume } from '../nifti/assembler.js';
import { damagedGzip, isGzip, MOST_GZIP_EXPANSION } from '../nifti/read-nifti.js';
import { firstBytes } from './first-bytes.js';

/** Compressed files below this are inflated in one go. */
const SMALL_FILE_BYTES = 1 << 20;

/** More than a header and its extensions may be, inflated. */
const MOST_HEADER_BYTES = 1 << 27;

const PAIR = /\.(hdr|img)(\.gz)?$/i;

/**
 * Reads a NIfTI file: `.nii` or a pair by either name, gzipped or not. It is streamed: neither the
 * compressed file nor a second copy of the voxels is held.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED_FILE`, each naming the file
 */
export async function readNiftiFile(path: string): Promise<NiftiVolume> {
  const isPair = PAIR.test(path);
  const voxelPath = isPair ? await partnerOf(path, 'img') : path;
  const size = await sizeOf(voxelPath);
  const gzipped = isGzip(await firstBytes(voxelPath, 2));
  const assembler = new NiftiAssembler(voxelPath, gzipped ? size * MOST_GZIP_EXPANSION : size);
  if (isPair) {
    const headerPath = await partnerOf(path, 'hdr');
    assembler.openPair(await headerFile(headerPath), headerPath);
  }
  const whole = gzipped && size < SMALL_FILE_BYTES && inflatedAtOnce(await readFile(voxelPath));
  if (whole) assembler.push(whole);
  else await streamInto(assembler, voxelPath, gzipped);
  return assembler.finish();
}

/** The reader of NIfTI files, for registries of readers. */
export const niftiReader: VolumeReader = {
  name: 'nifti',
  accepts: (path) => /\.(nii|hdr|img)(\.gz)?$/i.test(path),
  read: readNiftiFile,
};

async function streamInto(
  assembler: NiftiAssembler,
  path: string,
  gzipped: boolean,
): Promise<void> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const stream = gzipped ? file.pipe(createGunzip({ chunkSize: 1 << 18 })) : file;
  file.on('error', (error) => stream.destroy(error));
  try {
    const chunks: AsyncIterable<Uint8Array> = stream;
    for await (const chunk of chunks) if (assembler.push(chunk)) break;
  } catch (error) {
    if (isVoxmimError(error)) throw error;
    throw damagedGzip(path, error);
  } finally {
    file.destroy();
  }
}

/** The file of a pair, which may be gzipped when the other is not. */
async function partnerOf(path: string, part: 'hdr' | 'img'): Promise<string> {
  const own = path.toLowerCase().endsWith('.gz') ? '.gz' : '';
  const stem = path.replace(PAIR, '');
  const names = [`.${part}${own}`, `.${part}`, `.${part}.gz`].map((end) => stem + end);
  for (const name of names) if (await isFile(name)) return name;
  throw notFound(names[0]);
}

async function headerFile(path: string): Promise<Uint8Array> {
  const size = await sizeOf(path);
  const raw = await firstBytes(path, Math.min(size, MOST_HEADER_BYTES));
  if (!isGzip(raw)) return raw;
  try {
    return gunzipSync(raw, { maxOutputLength: MOST_HEADER_BYTES });
  } catch (error) {
    throw damagedGzip(path, error);
  }
}

/** Twice as fast as a stream for small files; undefined for what a stream should judge. */
function inflatedAtOnce(raw: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(raw, { maxOutputLength: 64 * SMALL_FILE_BYTES });
  } catch {
    return undefined; // damaged, or larger than it should be
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return found.size;
  throw notFound(path);
}

function notFound(path: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `There is no file ${path}.`,
    'Check the path; relative paths start where the command runs.',
    { path },
  );
}
