import { VoxmimError, type DeviceName } from '@voxmim/core';

import { type BackendName, parseBackendName } from './backend-name.js';
import type { BackendDescription, Candidate } from './candidate.js';
import { candidatesFor, computesOn } from './candidates.js';
import { type EngineOptions, engineSettings } from './engine-settings.js';
import { tryCandidate } from './try-candidate.js';

/** What {@link startBackend} may be told. */
export interface StartBackendOptions extends EngineOptions {
  /**
   * The backend to use, or to fail without: see `backendNames`. Default: what `VOXMIM_BACKEND`
   * says, else the best that works.
   */
  readonly prefer?: string | undefined;
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
 * Starts the best TensorFlow.js backend there is (of those for a device, where one is asked for),
 * after checking that it computes rightly, and registers gradients.
 *
 * @throws `UNKNOWN_COMPONENT` for a name that is no backend or device; `UNSUPPORTED_CAPABILITY` when
 *   the backend asked for is not for that device; `INVALID_CONFIG` for a number of threads that cannot
 *   be; `BACKEND_UNAVAILABLE` when the one asked for, or every one, cannot start or fails its check
 */
export async function startBackend(options: StartBackendOptions = {}): Promise<StartedBackend> {
  const wish = wishOf(options);
  const settings = engineSettings(options);
  const reasons = wish ? [`${wish.name}: asked for by ${wish.origin}`] : [];
  const chosen = suitable(wish?.name, settings.device);
  for (const candidate of chosen) {
    const trial = await tryCandidate(candidate, { ...settings, isNamed: wish !== undefined });
    if (trial.state === 'ready') {
      reasons.push(`${candidate.name}: passed its self-check`);
      const { version, device, devices = [], defects } = trial;
      return { name: candidate.name, version, device, devices, reasons, defects };
    }
    reasons.push(`${candidate.name}: ${trial.reason}`);
    if (wish && candidate === chosen.at(-1))
      throw unavailable(candidate, trial.reason, settings.device);
  }
  throw new VoxmimError(
    'BACKEND_UNAVAILABLE',
    `No backend can start: ${reasons.join('; ')}.`,
    settings.device === undefined
      ? 'Install @tensorflow/tfjs-backend-cpu, which runs everywhere.'
      : 'Leave the device out to compute on the processor.',
    { backend: 'any', reason: reasons.join('; ') },
  );
}

/** The candidates of a name and for a device, in the order of choice. */
function suitable(
  name: BackendName | undefined,
  device: DeviceName | undefined,
): readonly Candidate[] {
  const named = candidatesFor(name);
  const able = named.filter((candidate) => computesOn(candidate, device));
  if (able.length > 0 || name === undefined) return able;
  const others = candidatesFor(undefined).filter((candidate) => computesOn(candidate, device));
  throw new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `The backend "${name}" does not compute on "${String(device)}".`,
    `For this device take ${others.map((other) => other.name).join(' or ')}.`,
    { component: name, capability: String(device) },
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

function unavailable(
  candidate: Candidate,
  reason: string,
  device: DeviceName | undefined,
): VoxmimError<'BACKEND_UNAVAILABLE'> {
  return new VoxmimError(
    'BACKEND_UNAVAILABLE',
    `The backend "${candidate.name}" cannot be used: ${reason}.`,
    device === undefined
      ? `To get it: ${candidate.howToGet} Or leave the choice to voxmim.`
      : 'Leave the device out to compute on the processor, or see what is here: voxmim backends.',
    { backend: candidate.name, reason },
  );
}
