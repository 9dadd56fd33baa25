import * as tf from '@tensorflow/tfjs-core';

import { type BackendDescription, type Candidate, NotInstalled } from './candidate.js';
import type { EngineSettings } from './engine-settings.js';
import { findDefects } from './known-defects.js';
import { selfCheck } from './self-check.js';

/** What came of trying to start a backend. */
export type Trial =
  | ({ readonly state: 'ready'; readonly defects: readonly string[] } & BackendDescription)
  /** Not installed, or not for this platform. */
  | { readonly state: 'missing'; readonly reason: string }
  /** There, but it cannot start or computes wrongly. */
  | { readonly state: 'broken'; readonly reason: string };

/** Loads and starts a backend and checks it; when ready, it is TF.js's current one. */
export async function tryCandidate(
  candidate: Candidate,
  settings: EngineSettings = {},
): Promise<Trial> {
  // Keeps TF.js from advertising other backends on the console.
  tf.enableProdMode();
  try {
    await candidate.load(settings);
    if (!(await tf.setBackend(candidate.engine))) return broken('it refused to start');
    const fault = await selfCheck();
    if (fault !== null) return broken(`its self-check failed: ${fault}`);
    const defects = (await findDefects()).map((found) => `${found.name} (${found.routedAround})`);
    return { state: 'ready', defects, ...(await candidate.describe()) };
  } catch (error) {
    const reason = firstLine(error);
    return error instanceof NotInstalled ? { state: 'missing', reason } : broken(reason);
  }
}

function broken(reason: string): Trial {
  return { state: 'broken', reason };
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().split('\n')[0] ?? message;
}
