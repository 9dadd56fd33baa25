import type { ElementType, HostArray } from '../graph/value.js';

/** How ONNX Runtime runs every graph. */
export interface SessionSettings {
  readonly executionProviders: readonly string[];
  readonly threads: number;
  /** Prefix of a profile file that ONNX Runtime writes per graph; none by default. */
  readonly profilePrefix?: string | undefined;
}

/** Type and shape of one input or output of a compiled graph. */
export interface TensorSignature {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** What the main thread asks of the device; commands are carried out in order. */
export type DeviceCommand =
  | { readonly kind: 'upload'; readonly handle: number; readonly data: HostArray }
  | {
      readonly kind: 'compile';
      readonly session: number;
      readonly model: Uint8Array;
      readonly settings: SessionSettings;
      readonly inputs: readonly TensorSignature[];
      readonly outputs: readonly TensorSignature[];
    }
  | {
      readonly kind: 'run';
      readonly session: number;
      readonly inputs: readonly number[];
      readonly outputs: readonly number[];
    }
  | {
      /** The AdamW step of one parameter; a donated buffer becomes the output's. */
      readonly kind: 'adamw';
      readonly gradient: number;
      readonly hyper: number;
      readonly moved: readonly BufferMove[];
      readonly beta1: number;
      readonly beta2: number;
    }
  | { readonly kind: 'free'; readonly handles: readonly number[] }
  | { readonly kind: 'release'; readonly session: number }
  | { readonly kind: 'read'; readonly handle: number; readonly request: number }
  | { readonly kind: 'settle'; readonly request: number };

/** How an updated tensor comes from the old one: in its memory where nobody else holds that, else as a copy. */
export interface BufferMove {
  readonly from: number;
  readonly to: number;
  readonly donated: boolean;
}

/** Memory and work of the device since it started. */
export interface DeviceStatistics {
  /** Bytes of tensors that are alive. */
  readonly liveBytes: number;
  /** Bytes kept for reuse. */
  readonly pooledBytes: number;
  /** Buffers ever allocated; flat in a steady state. */
  readonly allocations: number;
  readonly compileMs: number;
  readonly runMs: number;
}

/** An answer to a `read` or a `settle`. */
export interface DeviceReply {
  readonly request: number;
  readonly data?: ArrayBuffer;
  readonly statistics?: DeviceStatistics;
  readonly error?: DeviceFailure;
}

/** Why a handle has no values. */
export interface DeviceFailure {
  readonly code: 'COMPILE_FAILED' | 'PROVIDER_UNAVAILABLE' | 'RUN_FAILED';
  readonly message: string;
  /** What was asked for, where it is the providers that failed. */
  readonly providers?: readonly string[];
}

/** What the worker is given when it starts. */
export interface DeviceWorkerData {
  readonly port: import('node:worker_threads').MessagePort;
  readonly signal: Int32Array;
}
