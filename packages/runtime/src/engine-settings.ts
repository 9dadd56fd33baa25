import { VoxmimError } from '@voxmim/core';

import { type DeviceName, parseDeviceName } from './device-name.js';

/** How a backend is to compute. */
export interface EngineSettings {
  /** Threads of one operation; default: every core. Plain JavaScript, and wasm in Node.js, have one. */
  readonly threads?: number | undefined;
  /** Default: the first that the backend has. */
  readonly device?: DeviceName | undefined;
}

/** Where {@link EngineSettings} come from. */
export interface EngineOptions {
  /**
   * Threads of one operation, 1 to 1024. Default: what `VOXMIM_THREADS` says, else every core.
   * TensorFlow takes them when it is loaded, and keeps them.
   */
  readonly threads?: number | undefined;
  /**
   * What to compute on: see `deviceNames`. Default: what `VOXMIM_DEVICE` says, else the processor,
   * or what the backend is made for.
   */
  readonly device?: string | undefined;
  /** Default: the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

const MOST_THREADS = 1024;

/**
 * Options before environment.
 *
 * @throws `INVALID_CONFIG` for a number of threads that cannot be, `UNKNOWN_COMPONENT` for a device
 */
export function engineSettings(options: EngineOptions): EngineSettings {
  const { environment = process.env } = options;
  return {
    threads: threadsOf(options.threads, environment['VOXMIM_THREADS']),
    device: deviceOf(options.device, environment['VOXMIM_DEVICE']),
  };
}

function threadsOf(given: number | undefined, text: string | undefined): number | undefined {
  if (given !== undefined) return checkThreads(given, given, 'threads');
  return text ? checkThreads(Number(text), text, 'VOXMIM_THREADS') : undefined;
}

function deviceOf(given: string | undefined, text: string | undefined): DeviceName | undefined {
  if (given !== undefined) return parseDeviceName(given, 'device');
  return text ? parseDeviceName(text, 'VOXMIM_DEVICE') : undefined;
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
