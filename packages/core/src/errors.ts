/**
 * The one error class of every `@voxmim/*` package.
 *
 * Branch on {@link isVoxmimError} and a code, never on `instanceof`: two copies of this package
 * may be loaded at once, and codes survive that.
 *
 * @module
 */

/** What may go wrong, and the facts that come with it. */
export interface ErrorDetails {
  /** A value in a config or call is outside its documented range. */
  INVALID_CONFIG: { path: string; received: unknown };
  /** A tensor or volume does not have the shape the callee documents. */
  SHAPE_MISMATCH: { expected: string; received: readonly number[] };
  /** The registry has no entry under this name. */
  UNKNOWN_COMPONENT: { kind: string; name: string; known: readonly string[] };
  /** A config names plugins, which are programs, that the user has not agreed to. */
  PLUGIN_NOT_ALLOWED: { path: string; plugins: readonly string[] };
  /** A component cannot do what another one asks of it. */
  UNSUPPORTED_CAPABILITY: { component: string; capability: string };
  /** A file or folder is not there, or holds nothing to work on. */
  NOT_FOUND: { path: string };
  /** A file is damaged or is not what its name says. */
  INVALID_FILE: { path: string; offset?: number };
  /** A file is sound, but of a kind that is not handled. */
  UNSUPPORTED_FILE: { path: string; feature: string };
  /** A file could not be written. Nothing that was there before is lost. */
  WRITE_FAILED: { path: string };
  /** A file is there and cannot be read: its permissions or the disk are in the way. */
  READ_FAILED: { path: string };
  /** A file that would be replaced is there already. */
  FILE_EXISTS: { path: string };
  /** Volumes or labels that must agree in geometry, values or number do not. */
  INVALID_DATA: { path: string; reason: string };
  /** A thread that loads data ended before its work did. */
  LOADING_FAILED: { path: string; reason: string };
  /** A checkpoint does not fit the model that asks for it. */
  CHECKPOINT_MISMATCH: { path: string; coverage: number; missing: readonly string[] };
  /** The output folder already holds a run. */
  RUN_EXISTS: { path: string };
  /** A run that was started as a process of its own, or as a job, came to no good end. */
  RUN_FAILED: { path: string; reason: string };
  /** Another process is at work in the folder of a run. */
  RUN_LOCKED: { path: string; pid: number; host: string };
  /** The loss or a gradient is not a finite number. */
  NON_FINITE_LOSS: { step: number; samples: readonly string[]; checkpoint: string | null };
  /** Processes that train together cannot talk: one is gone, or what carries their numbers is missing. */
  EXCHANGE_FAILED: { rank: number; reason: string };
  /** No usable backend, or the one asked for cannot start. */
  BACKEND_UNAVAILABLE: { backend: string; reason: string };
}

/** The stable name of a failure. */
export type ErrorCode = keyof ErrorDetails;

const BRAND = Symbol.for('@voxmim/error');

/** An error with a stable code, the facts behind it and a way out. */
export class VoxmimError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'VoxmimError';
  readonly [BRAND] = true;

  constructor(
    readonly code: C,
    /** What is wrong; `message` says it with the remedy and the code. */
    readonly problem: string,
    /** One imperative sentence: what the caller should do next. */
    readonly remedy: string,
    readonly details: ErrorDetails[C],
    options?: ErrorOptions,
  ) {
    super(`${problem} ${remedy} [${code}]`, options);
  }
}

/** Any {@link VoxmimError}, as a union that narrows on `code`. */
export type AnyVoxmimError = { [C in ErrorCode]: VoxmimError<C> }[ErrorCode];

/**
 * Whether `error` came from `@voxmim/*` and, when codes are given, carries one of them.
 *
 * @example
 * try { encoders.create(config) } catch (error) {
 *   if (!isVoxmimError(error, 'UNKNOWN_COMPONENT')) throw error;
 *   console.log('Known encoders:', error.details.known);
 * }
 */
export function isVoxmimError<C extends ErrorCode = ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is Extract<AnyVoxmimError, { code: C }> {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false;
  return codes.length === 0 || ('code' in error && codes.some((code) => code === error.code));
}
