/** The codes an {@link OnnxBackendError} can carry. */
export type OnnxBackendErrorCode =
  | 'CLOSED'
  | 'COMPILE_FAILED'
  | 'INVALID_CONFIG'
  | 'INVALID_KERNEL_CALL'
  | 'PROVIDER_UNAVAILABLE'
  | 'RUN_FAILED'
  | 'UNSUPPORTED_DTYPE'
  | 'UNSUPPORTED_EXPORT';

/**
 * What this backend throws: `message` says what happened with the op and its shapes, `remedy` what to do,
 * `code` is for programs.
 */
export class OnnxBackendError extends Error {
  override readonly name = 'OnnxBackendError';

  constructor(
    readonly code: OnnxBackendErrorCode,
    what: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${what} ${remedy} [${code}]`, options);
  }
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
