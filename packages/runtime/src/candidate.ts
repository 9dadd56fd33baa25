import { type DeviceName } from '@voxmim/core';
import type { BackendName } from './backend-name.js';
import type { EngineSettings } from './engine-settings.js';

/** A backend that may or may not be usable here. */
export interface Candidate {
  readonly name: BackendName;
  /** What TF.js calls it: the argument of `tf.setBackend`. */
  readonly engine: string;
  /** One sentence: how to get it where it is missing. */
  readonly howToGet: string;
  /** What it can compute on, where that is there; the first is its default. */
  readonly devices: readonly DeviceName[];
  /** Whether a device may say which of several cards, as in `cuda:1`. */
  readonly hasCards?: boolean;
  /**
   * Makes TF.js know the engine, and the engine its settings as far as it has them.
   *
   * @param settings a device is one of {@link devices}
   * @throws {@link NotInstalled} when it is simply not there; anything else when it is broken
   */
  load(settings: EngineSettings): Promise<void>;
  /** Asked once the engine runs. */
  describe(): Promise<BackendDescription>;
}

/** What a running backend is. */
export interface BackendDescription {
  readonly version: string;
  /** Where it computes, such as `2 threads of Intel Xeon`. */
  readonly device: string;
  /** The devices that its installation was built for, where that is more than one. */
  readonly devices?: readonly string[];
}

/** Thrown by {@link Candidate.load} for what is absent rather than broken; caught in this package. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}
