/** The codes a {@link TorchBackendError} can carry. */
export type TorchBackendErrorCode =
  | 'CLOSED'
  | 'DEVICE_UNAVAILABLE'
  | 'INVALID_CONFIG'
  | 'INVALID_KERNEL_CALL'
  | 'LIBTORCH_FAILED'
  | 'OUT_OF_MEMORY'
  | 'TORCH_MISSING'
  | 'TORCH_UNSUPPORTED'
  | 'UNSUPPORTED_DTYPE'
  | 'WRONG_THREAD';

/**
 * What this backend throws: `message` says what happened with the op and its shapes, `remedy` what to do,
 * `code` is for programs.
 */
export class TorchBackendError extends Error {
  override readonly name = 'TorchBackendError';

  constructor(
    readonly code: TorchBackendErrorCode,
    readonly what: string,
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
