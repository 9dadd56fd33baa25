import {
  type ErrorCode,
  type ErrorDetails,
  isVoxmimError,
  VoxmimError,
  type DrawnSample,
  type SampleRequest,
} from '@voxmim/core';

import type { CaseStoreOptions } from '../cases/case-store.js';
import type { Dataset } from '../dataset.js';
import type { SampleOptions } from './sample-options.js';

/** What a worker is started with. */
export interface WorkerStart {
  readonly dataset: Dataset;
  readonly store: Omit<CaseStoreOptions, 'onNote' | 'readers'>;
  /** Modules that export readers of formats that are not built in. */
  readonly readers: readonly string[];
  readonly samples: SampleOptions;
}

/** What a worker is asked. */
export type WorkerRequest =
  | {
      readonly kind: 'draw';
      readonly ticket: number;
      readonly request: SampleRequest;
      /** Voxels as float32, then labels as uint8. */
      readonly slot: SharedArrayBuffer;
    }
  | { readonly kind: 'ensureCached'; readonly ticket: number; readonly id: string };

/** What a worker says. */
export type WorkerReply =
  | { readonly kind: 'drawn'; readonly ticket: number; readonly sample: DrawnSample }
  | { readonly kind: 'cached'; readonly ticket: number; readonly already: boolean }
  | { readonly kind: 'failed'; readonly ticket: number; readonly error: PlainError }
  | { readonly kind: 'note'; readonly text: string };

/** An error that crosses threads: with its code, where it was thrown and what caused it. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly cause: PlainError | undefined;
  /** What only ours have. */
  readonly ours:
    | {
        readonly code: ErrorCode;
        readonly problem: string;
        readonly remedy: string;
        readonly details: ErrorDetails[ErrorCode];
      }
    | undefined;
}

/** Takes an error apart for another thread; cloned as it is, it would lose its class and its cause. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), stack: undefined, cause: undefined, ours: undefined }; // prettier-ignore
  }
  const { name, message, stack, cause } = error;
  const plain = {
    name,
    message,
    stack,
    cause: cause === undefined ? undefined : plainError(cause),
  };
  if (!isVoxmimError(error)) return { ...plain, ours: undefined };
  const { code, problem, remedy, details } = error;
  return { ...plain, ours: { code, problem, remedy, details } };
}

/** Puts an error together again. */
export function errorFrom({ name, message, stack, cause, ours }: PlainError): Error {
  const options = cause && { cause: errorFrom(cause) };
  const error = ours
    ? new VoxmimError<ErrorCode>(ours.code, ours.problem, ours.remedy, ours.details, options)
    : Object.assign(new Error(message, options), { name });
  if (stack !== undefined) error.stack = stack;
  return error;
}
