import * as tf from '@tensorflow/tfjs-core';

import type { BackendName } from './backend-name.js';
import type { Candidate } from './candidate.js';
import { candidates } from './candidates.js';
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
  readonly speed?: Speed;
  readonly defects?: readonly string[];
  /** One sentence: how to get it. */
  readonly howToGet: string;
}

/**
 * Tries every backend, in the order of choice, and measures those that work.
 *
 * Takes some seconds. The backend that was current before is current afterwards.
 *
 * @param options `secondsEach` is the length of a measurement, 0 skips them; default 1
 */
export async function listBackends({ secondsEach = 1 } = {}): Promise<BackendReport[]> {
  const before = currentBackend();
  const reports: BackendReport[] = [];
  for (const candidate of candidates) reports.push(await report(candidate, secondsEach));
  if (before) await tf.setBackend(before);
  return reports;
}

async function report(candidate: Candidate, secondsEach: number): Promise<BackendReport> {
  const { name, howToGet } = candidate;
  const trial = await tryCandidate(candidate);
  if (trial.state !== 'ready' || secondsEach === 0) return { name, ...trial, howToGet };
  return { name, ...trial, speed: await measureSpeed(secondsEach), howToGet };
}

/** Asking TF.js for its backend starts one, unless none is registered. */
function currentBackend(): string | undefined {
  return Object.keys(tf.engine().registryFactory).length > 0 ? tf.getBackend() : undefined;
}
