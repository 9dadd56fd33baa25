import { VoxmimError, precisionNames, type DeviceName, type PrecisionName } from '@voxmim/core';

import { cpus } from 'node:os';

import { parseDeviceName } from './device-name.js';
import { knownName } from './known-name.js';
import { ranksOf, type Ranks } from './parallel/ranks.js';

/** How a backend is to compute. */
export interface EngineSettings {
  /** Threads of one operation; default: every core. Plain JavaScript, and wasm in Node.js, have one. */
  readonly threads?: number | undefined;
  /** Default: the first that the backend has. */
  readonly device?: DeviceName | undefined;
  /** Only the torch backend has others than the first. */
  readonly precision?: PrecisionName | undefined;
  /** The card where a device names none, so that processes of one machine have different ones; default 0. */
  readonly card?: number | undefined;
  /** Whether somebody asked for this backend by its name. */
  readonly isNamed?: boolean | undefined;
}

/** Where `EngineSettings` come from. */
export interface EngineOptions {
  /**
   * Threads of one operation, 1 to 1024. Default: what `VOXMIM_THREADS` says, else every core, which processes
   * that a launcher started together divide among them. TensorFlow takes them when it is loaded, and keeps them.
   */
  readonly threads?: number | undefined;
  /**
   * What to compute on: see `deviceNames`. Default: what `VOXMIM_DEVICE` says, else the processor,
   * or what the backend is made for.
   */
  readonly device?: string | undefined;
  /**
   * How products are computed where the backend has a choice (torch): see {@link precisionNames}.
   * Default: what `VOXMIM_PRECISION` says, else float32.
   */
  readonly precision?: string | undefined;
  /** Default: the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

const MOST_THREADS = 1024;

/**
 * Options before environment.
 *
 * @throws `INVALID_CONFIG` for a number of threads that cannot be, `UNKNOWN_COMPONENT` for a device or precision
 */
export function engineSettings(options: EngineOptions): EngineSettings {
  const { environment = process.env } = options;
  const ranks = ranksOf(environment);
  return {
    threads:
      threadsOf(options.threads, environment['VOXMIM_THREADS']) ?? (ranks && threadShare(ranks)),
    card: ranks && cardOf(ranks, environment['CUDA_VISIBLE_DEVICES']),
    device: deviceOf(options.device, environment['VOXMIM_DEVICE']),
    precision: precisionOf(options.precision, environment['VOXMIM_PRECISION']),
  };
}

function threadShare({ localSize }: Ranks): number {
  return Math.max(1, Math.floor(cpus().length / localSize));
}

/** A scheduler may show each process a card of its own, which then is the only one it sees. */
function cardOf({ localRank }: Ranks, visible: string | undefined): number {
  return visible ? localRank % visible.split(',').length : localRank;
}

function threadsOf(given: number | undefined, text: string | undefined): number | undefined {
  if (given !== undefined) return checkThreads(given, given, 'threads');
  return text ? checkThreads(Number(text), text, 'VOXMIM_THREADS') : undefined;
}

function deviceOf(given: string | undefined, text: string | undefined): DeviceName | undefined {
  if (given !== undefined) return parseDeviceName(given, 'device');
  return text ? parseDeviceName(text, 'VOXMIM_DEVICE') : undefined;
}

function precisionOf(
  given: string | undefined,
  text: string | undefined,
): PrecisionName | undefined {
  const [name, origin] = given === undefined ? [text, 'VOXMIM_PRECISION'] : [given, 'precision'];
  if (!name) return undefined;
  return knownName(name, { kind: 'precision', known: precisionNames, origin });
}

function checkThreads(threads: number, received: unknown, path: string): number {
  if (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${path} is ${String(received)}.`,
    `Give a whole number from 1 to ${MOST_THREADS}, or leave it out for every core.`,
    { path, received },
  );
}
