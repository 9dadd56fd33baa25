import * as tf from '@tensorflow/tfjs-core';

import type { BackendName } from './backend-name.js';
import type { Candidate } from './candidate.js';
import { candidates, computesOn } from './candidates.js';
import { type EngineOptions, type EngineSettings, engineSettings } from './engine-settings.js';
import { measureSpeed, type Speed } from './measure.js';
import { tryCandidate } from './try-candidate.js';

/** One backend, as it is on this machine. */
export interface BackendReport {
  readonly name: BackendName;
  readonly state: 'ready' | 'missing' | 'broken';
  /** Why it is not ready. */
  readonly reason?: string;
  readonly version?: string;
  readonly device?: string;
  /** The devices that its installation was built for, where that is more than one. */
  readonly devices?: readonly string[];
  readonly speed?: Speed;
  readonly defects?: readonly string[];
  /** One sentence: how to get it. */
  readonly howToGet: string;
}

/** What {@link listBackends} may be told. */
export interface ListBackendsOptions extends EngineOptions {
  /** The length of a measurement; 0 skips them. Default 1. */
  readonly secondsEach?: number;
}

/**
 * Tries every backend, in the order of choice, and measures those that work. One that does not have
 * the device asked for is tried on its own.
 *
 * Takes some seconds. The backend that was current before is current afterwards.
 *
 * @throws `INVALID_CONFIG` for a number of threads that cannot be, `UNKNOWN_COMPONENT` for a device
 */
export async function listBackends(options: ListBackendsOptions = {}): Promise<BackendReport[]> {
  const settings = engineSettings(options);
  const before = currentBackend();
  const reports: BackendReport[] = [];
  for (const candidate of candidates) {
    reports.push(await report(candidate, settings, options.secondsEach ?? 1));
  }
  if (before) await tf.setBackend(before);
  return reports;
}

async function report(
  candidate: Candidate,
  { device, ...settings }: EngineSettings,
  secondsEach: number,
): Promise<BackendReport> {
  const { name, howToGet } = candidate;
  const own = computesOn(candidate, device) ? device : undefined;
  const trial = await tryCandidate(candidate, { ...settings, device: own, isNamed: true });
  if (trial.state === 'broken' && own !== undefined)
    return { name, ...trial, howToGet: 'Leave the device out to compute on the processor.' };
  if (trial.state !== 'ready' || secondsEach === 0) return { name, ...trial, howToGet };
  return { name, ...trial, speed: await measureSpeed(secondsEach), howToGet };
}

/** Asking TF.js for its backend starts one, unless none is registered. */
function currentBackend(): string | undefined {
  return Object.keys(tf.engine().registryFactory).length > 0 ? tf.getBackend() : undefined;
}
