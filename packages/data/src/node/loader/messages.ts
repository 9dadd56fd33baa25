import { type ErrorCode, type ErrorDetails, isVoxmimError, VoxmimError } from '@voxmim/core';

import type { CaseStoreOptions } from '../cases/case-store.js';
import type { Dataset } from '../dataset.js';
import type { DrawnSample, SampleOptions, SampleRequest } from './sample-source.js';

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

/** An error that crosses threads without losing its code. */
export type PlainError =
  | {
      readonly code: ErrorCode;
      readonly message: string;
      readonly remedy: string;
      readonly details: ErrorDetails[ErrorCode];
    }
  | { readonly code: null; readonly error: unknown };

/** Takes an error apart for another thread. */
export function plainError(error: unknown): PlainError {
  if (!isVoxmimError(error)) return { code: null, error };
  const { code, remedy, details } = error;
  return { code, remedy, details, message: error.message.replace(` ${remedy} [${code}]`, '') };
}

/** Puts an error together again. */
export function errorFrom(plain: PlainError): unknown {
  if (plain.code === null) return plain.error;
  return new VoxmimError<ErrorCode>(plain.code, plain.message, plain.remedy, plain.details);
}
