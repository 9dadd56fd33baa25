import { VoxmimError } from '@voxmim/core';

import { type BackendName, parseBackendName } from './backend-name.js';
import type { BackendDescription, Candidate } from './candidate.js';
import { candidatesFor } from './candidates.js';
import { tryCandidate } from './try-candidate.js';

/** What {@link startBackend} may be told. */
export interface StartBackendOptions {
  /**
   * The backend to use, or to fail without: see `backendNames`. Default: what `VOXMIM_BACKEND`
   * says, else the best that works.
   */
  readonly prefer?: string | undefined;
  /** Default: the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A backend that runs and computes rightly. */
export interface StartedBackend extends BackendDescription {
  readonly name: BackendName;
  /** Why this one: one line per backend that was looked at. */
  readonly reasons: readonly string[];
  /** Known errors of TF.js that it has, and what is done about them. */
  readonly defects: readonly string[];
}

/**
 * Starts the best TensorFlow.js backend there is, after checking that it computes rightly, and
 * registers gradients.
 *
 * @throws `UNKNOWN_COMPONENT` for a name that is no backend; `BACKEND_UNAVAILABLE` when the one
 *   asked for, or every one, cannot start or fails its check
 */
export async function startBackend(options: StartBackendOptions = {}): Promise<StartedBackend> {
  const wish = wishOf(options);
  const reasons = wish ? [`${wish.name}: asked for by ${wish.origin}`] : [];
  for (const candidate of candidatesFor(wish?.name)) {
    const trial = await tryCandidate(candidate);
    if (trial.state === 'ready') {
      reasons.push(`${candidate.name}: passed its self-check`);
      const { version, device, defects } = trial;
      return { name: candidate.name, version, device, reasons, defects };
    }
    reasons.push(`${candidate.name}: ${trial.reason}`);
    if (wish) throw unavailable(candidate, trial.reason);
  }
  throw new VoxmimError(
    'BACKEND_UNAVAILABLE',
    `No backend can start: ${reasons.join('; ')}.`,
    'Install @tensorflow/tfjs-backend-cpu, which runs everywhere.',
    { backend: 'any', reason: reasons.join('; ') },
  );
}

interface Wish {
  readonly name: BackendName;
  readonly origin: string;
}

function wishOf({ prefer, environment = process.env }: StartBackendOptions): Wish | undefined {
  if (prefer !== undefined)
    return { name: parseBackendName(prefer, 'backend'), origin: 'the caller' };
  const text = environment['VOXMIM_BACKEND'];
  if (!text) return undefined;
  return { name: parseBackendName(text, 'VOXMIM_BACKEND'), origin: 'VOXMIM_BACKEND' };
}

function unavailable(candidate: Candidate, reason: string): VoxmimError<'BACKEND_UNAVAILABLE'> {
  return new VoxmimError(
    'BACKEND_UNAVAILABLE',
    `The backend "${candidate.name}" cannot be used: ${reason}.`,
    `To get it: ${candidate.howToGet} Or leave the choice to voxmim.`,
    { backend: candidate.name, reason },
  );
}
