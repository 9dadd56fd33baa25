import type { Volume } from '@voxmim/core';
import type { ModelFacts } from '@voxmim/presets';

import type { Scan, Segmentation } from '../trained-model.js';
import type { PostedError } from './posted-error.js';

/** How a model is opened in a worker. */
export interface OpenOptions {
  readonly engine: 'auto' | 'webgpu' | 'wasm';
  readonly wasmPaths?: string | undefined;
}

/** What a worker is asked; `id` tells its answers. */
export type Request = { readonly id: number } & (
  | {
      readonly kind: 'open';
      readonly bytes: Uint8Array;
      readonly origin: string;
      readonly options: OpenOptions;
    }
  | { readonly kind: 'segment' | 'embed' | 'window'; readonly scan: Scan }
  | {
      readonly kind: 'reconstruct';
      readonly window: Volume<Float32Array>;
      readonly hidden: Uint8Array;
    }
  /** Ends the work of that id. */
  | { readonly kind: 'abort' }
);

/** What a worker answers. */
export type Answer = { readonly id: number } & (
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'opened'; readonly facts: ModelFacts }
  | { readonly kind: 'segmented'; readonly segmentation: Segmentation }
  | { readonly kind: 'prepared' | 'reconstructed'; readonly volume: Volume<Float32Array> }
  | { readonly kind: 'embedded'; readonly features: Float32Array }
  | { readonly kind: 'failed'; readonly error: PostedError }
);
