import { availableParallelism } from 'node:os';
import { OnnxBackendError } from './error.js';
import { checkExecutionProviders } from './execution-providers.js';

/** What {@link configure} sets. Changes hold for graphs compiled afterwards. */
export interface OnnxBackendConfig {
  /** Threads of one operator; default: every core that the process may use. */
  readonly threads: number;
  /** ONNX Runtime's execution providers in order of preference; default `['cpu']`. */
  readonly executionProviders: readonly string[];
  /** Compiled graphs kept, least recently used first out; default 64. */
  readonly maxGraphs: number;
  /** Recorded operators after which a trace is run although nobody reads it; default 100,000. */
  readonly maxTraceLength: number;
  /** Prefix of profile files, one per graph; default none. */
  readonly profilePrefix?: string | undefined;
}

let current: OnnxBackendConfig = {
  threads: availableParallelism(),
  executionProviders: ['cpu'],
  maxGraphs: 64,
  maxTraceLength: 100_000,
};

/** The configuration in force. */
export function configuration(): OnnxBackendConfig {
  return current;
}

/**
 * Changes the configuration. An execution provider whose libraries or device are missing on this machine shows
 * as `PROVIDER_UNAVAILABLE` when the first tensor is read.
 *
 * @throws `INVALID_CONFIG` for a number that is not a positive integer or a provider that nobody knows;
 *   `PROVIDER_UNAVAILABLE` for one that the installed onnxruntime-node was built without.
 */
export function configure(changes: Partial<OnnxBackendConfig>): void {
  const next = { ...current, ...changes };
  for (const name of ['threads', 'maxGraphs', 'maxTraceLength'] as const) {
    if (Number.isInteger(next[name]) && next[name] > 0) continue;
    throw new OnnxBackendError(
      'INVALID_CONFIG',
      `${name} is ${next[name]}.`,
      'Give a whole number of at least 1.',
    );
  }
  checkExecutionProviders(next.executionProviders);
  current = next;
}

/** Sets the number of threads of one operator; graphs compiled before keep theirs. */
export function setThreads(threads: number): void {
  configure({ threads });
}
