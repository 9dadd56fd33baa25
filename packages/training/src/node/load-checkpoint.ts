import { open } from 'node:fs/promises';
import { join } from 'node:path';

import { VoxmimError } from '@voxmim/core';

import {
  decodePytorch,
  decodeSafetensors,
  isPackageName,
  readModelPackage,
  type TensorMap,
} from '@voxmim/weights';
import type { TrainingSnapshot } from '../snapshot.js';
import {
  checkpointFiles,
  type CheckpointState,
  checkSum,
  parseState,
} from './checkpoint-format.js';
import { findCheckpoint, type WhichCheckpoint } from './find-checkpoint.js';

const PIECE = 2 ** 30;

/** A checkpoint as it is on disk. */
export interface LoadedCheckpoint {
  /** The folder it came from, links resolved. */
  readonly path: string;
  readonly snapshot: TrainingSnapshot;
  /** The resolved config it was saved with; parse it before use. */
  readonly config: unknown;
}

/** The weights of a checkpoint, without what only training needs. */
export interface LoadedWeights {
  readonly path: string;
  readonly tensors: TensorMap;
  readonly config: unknown;
}

/**
 * Reads a whole checkpoint, to resume from it with `restoreSnapshot`.
 *
 * @param path a checkpoint, `…/last`, `…/best`, or the folder that holds them (then the last one)
 * @throws `NOT_FOUND`, `INVALID_FILE`, `INVALID_CONFIG`, each naming the file
 */
export async function loadCheckpoint(path: string): Promise<LoadedCheckpoint> {
  const folder = await findCheckpoint(path);
  const { state, sums } = await readState(folder);
  const average = await readAverage(folder, sums);
  const snapshot = {
    state,
    model: await readTensors(folder, checkpointFiles.model, sums),
    optimizer: await readTensors(folder, checkpointFiles.optimizer, sums),
    ...(average && { average }),
  };
  const config = await readJson(join(folder, checkpointFiles.config));
  return { path: folder, snapshot, config };
}

/**
 * Reads the weights of a checkpoint for transfer or inference: the averaged ones where there are
 * any.
 *
 * @param which is meant where `path` holds several; default: the newest
 * @param path as for {@link loadCheckpoint}; or one file, `.safetensors` or what PyTorch saves (`.pt`,
 *   `.pth`, `.ckpt`, `.bin`), then `config` is `null`; or a model package, `.voxmim`
 * @throws as {@link loadCheckpoint}
 */
export async function loadCheckpointWeights(
  path: string,
  which: WhichCheckpoint = 'last',
): Promise<LoadedWeights> {
  if (isPackageName(path)) return packageWeights(await readBytes(path), path);
  const decode = decoderOf(path);
  if (decode) return { path, tensors: decode(await readBytes(path), path), config: null };
  const folder = await findCheckpoint(path, which);
  const { sums } = await readState(folder);
  const average = await readAverage(folder, sums);
  const tensors = average ?? (await readTensors(folder, checkpointFiles.model, sums));
  return { path: folder, tensors, config: await readJson(join(folder, checkpointFiles.config)) };
}

function packageWeights(bytes: Uint8Array, path: string): LoadedWeights {
  const { weights, config } = readModelPackage(bytes, path);
  return { path, tensors: decodeSafetensors(weights, path).tensors, config };
}

/**
 * The config that the newest checkpoint was saved with, its weights unread; null for a file of weights.
 *
 * @param path of a checkpoint, a folder of them, or a file of weights
 * @throws `NOT_FOUND`, `INVALID_FILE`
 */
export async function readCheckpointConfig(path: string): Promise<unknown> {
  if (isPackageName(path)) return readModelPackage(await readBytes(path), path).config;
  if (decoderOf(path)) return null;
  return readJson(join(await findCheckpoint(path), checkpointFiles.config));
}

async function readState(folder: string): Promise<CheckpointState> {
  const path = join(folder, checkpointFiles.state);
  return parseState(await readJson(path), path);
}

/** The averaged weights; nothing where none were saved, which an older checkpoint does not tell. */
async function readAverage(
  folder: string,
  sums: CheckpointState['sums'],
): Promise<TensorMap | undefined> {
  const name = checkpointFiles.average;
  const read = readTensors(folder, name, sums);
  return sums[name] === undefined ? read.catch(absent) : read;
}

async function readTensors(
  folder: string,
  name: string,
  sums: CheckpointState['sums'],
): Promise<TensorMap> {
  const path = join(folder, name);
  const bytes = await readBytes(path);
  checkSum(bytes, sums[name], path);
  return decodeSafetensors(bytes, path).tensors;
}

type Decoder = (bytes: Uint8Array, path: string) => TensorMap;

/** How a single file of weights is read; `undefined` where `path` is none. */
function decoderOf(path: string): Decoder | undefined {
  if (path.endsWith('.safetensors')) return (bytes) => decodeSafetensors(bytes, path).tensors;
  return /\.(pt|pth|ckpt|bin)$/.test(path) ? decodePytorch : undefined;
}

/** Reads a safetensors file. @throws `NOT_FOUND`, `INVALID_FILE`, `UNSUPPORTED_FILE` */
export async function readSafetensors(path: string): Promise<TensorMap> {
  return decodeSafetensors(await readBytes(path), path).tensors;
}

async function readJson(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(path));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VoxmimError(
      'INVALID_FILE',
      `${path} is no JSON.`,
      'Use another checkpoint.',
      { path },
      { cause },
    );
  }
}

/** By pieces: `readFile` refuses files of 2 GiB, which the moments of a large model exceed. */
async function readBytes(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw notReadable(path, cause);
  });
  try {
    const { size } = await handle.stat();
    const bytes = new Uint8Array(size);
    let offset = 0;
    while (offset < size) {
      const { bytesRead } = await handle.read(
        bytes,
        offset,
        Math.min(PIECE, size - offset),
        offset,
      );
      if (bytesRead === 0) break;
      offset += bytesRead;
    }
    return bytes;
  } catch (cause) {
    throw notReadable(path, cause);
  } finally {
    await handle.close();
  }
}

function notReadable(path: string, cause: unknown): VoxmimError<'NOT_FOUND'> {
  const remedy = 'Check the path of the checkpoint.';
  return new VoxmimError('NOT_FOUND', `${path} could not be read.`, remedy, { path }, { cause });
}

function absent(error: unknown): undefined {
  if (error instanceof VoxmimError && error.code === 'NOT_FOUND') return undefined;
  throw error;
}
