import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { createGunzip, gunzipSync } from 'node:zlib';

import { isVoxmimError, type Volume, VoxmimError, type VolumeReader } from '@voxmim/core';

import { NiftiAssembler } from '../nifti/assembler.js';
import { NIFTI_HEADER_BYTES, readNiftiHeader } from '../nifti/header.js';
import { damagedGzip, isGzip, MOST_GZIP_EXPANSION } from '../nifti/read-nifti.js';
import { volumeOfVoxels } from '../nifti/voxels.js';
import { dicomReader } from './dicom-folder.js';

/** Compressed files below this are inflated in one go. */
const SMALL_FILE_BYTES = 1 << 20;

/**
 * Reads a NIfTI file (`.nii`, `.nii.gz`, or an `.hdr` and `.img` pair by either name), a DICOM file
 * named `.dcm` or `.ima`, or a folder that holds one DICOM series.
 *
 * NIfTI is streamed, so that a compressed file is never held whole beside its voxels.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED_FILE`, each naming the file; `INVALID_DATA` for a
 *   folder of several series or a series with missing slices
 */
export async function readVolume(path: string): Promise<Volume> {
  const isDicom = /\.(dcm|dicom|ima)$/i.test(path) || (await isFolder(path));
  return isDicom ? dicomReader.read(path) : readNiftiFile(path);
}

async function readNiftiFile(path: string): Promise<Volume> {
  if (/\.(hdr|img)(\.gz)?$/i.test(path)) return readPair(path);
  const size = await sizeOf(path);
  const gzipped = isGzip(await firstBytes(path, 2));
  const whole =
    gzipped && size < SMALL_FILE_BYTES ? inflatedAtOnce(await readFile(path)) : undefined;
  const assembler = new NiftiAssembler(path, gzipped ? size * MOST_GZIP_EXPANSION : size);
  if (whole) {
    assembler.push(whole);
    return assembler.finish();
  }
  await streamInto(assembler, path, gzipped);
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

async function readPair(path: string): Promise<Volume> {
  const gz = path.endsWith('.gz') ? '.gz' : '';
  const stem = path.replace(/\.(hdr|img)(\.gz)?$/i, '');
  const headerPath = `${stem}.hdr${gz}`;
  const voxelPath = `${stem}.img${gz}`;
  await sizeOf(headerPath);
  await sizeOf(voxelPath);
  const header = readNiftiHeader(await inflated(headerPath, NIFTI_HEADER_BYTES), headerPath);
  const end = header.voxelOffset + header.voxelBytes;
  const bytes = await inflated(voxelPath, end);
  if (bytes.length >= end) return volumeOfVoxels(bytes.subarray(header.voxelOffset, end), header);
  throw new VoxmimError(
    'INVALID_FILE',
    `${voxelPath} is truncated: ${headerPath} promises ${end} bytes, and it holds ${bytes.length}.`,
    'Copy or export both files again.',
    { path: voxelPath, offset: bytes.length },
  );
}

/** The first bytes of a file, inflated where it is gzipped; fewer where it is shorter. */
async function inflated(path: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const raw = await readFile(path);
  if (!isGzip(raw)) return Uint8Array.from(raw.subarray(0, most));
  try {
    return Uint8Array.from(
      gunzipSync(raw, { maxOutputLength: most + NIFTI_HEADER_BYTES }).subarray(0, most),
    );
  } catch (error) {
    throw damagedGzip(path, error);
  }
}

async function firstBytes(path: string, count: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(count);
    await file.read(bytes, 0, count, 0);
    return bytes;
  } finally {
    await file.close();
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

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return found.size;
  throw new VoxmimError(
    'NOT_FOUND',
    `There is no file ${path}.`,
    'Check the path; relative paths start where the command runs.',
    { path },
  );
}
