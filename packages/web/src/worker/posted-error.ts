import { type ErrorCode, type ErrorDetails, isVoxmimError, VoxmimError } from '@voxmim/core';

/** A failure, as it crosses to another thread: classes do not. */
export type PostedError =
  | {
      readonly code: ErrorCode;
      readonly problem: string;
      readonly remedy: string;
      readonly details: ErrorDetails[ErrorCode];
    }
  /** An error that is none of ours. */
  | { readonly message: string };

/** An error as a message. */
export function postedError(error: unknown): PostedError {
  if (isVoxmimError(error)) {
    const { code, problem, remedy, details } = error;
    return { code, problem, remedy, details };
  }
  return { message: error instanceof Error ? error.message : String(error) };
}

/** The error that {@link postedError} was made of. */
export function receivedError(posted: PostedError): VoxmimError {
  if ('code' in posted) {
    const { code, problem, remedy, details } = posted;
    return new VoxmimError(code, problem, remedy, details);
  }
  return new VoxmimError(
    'BACKEND_UNAVAILABLE',
    `The model stopped: ${posted.message}.`,
    'Load it again; where that happens each time, use a smaller scan or another browser.',
    { backend: 'onnxruntime-web', reason: posted.message },
  );
}
