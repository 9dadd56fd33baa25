import type { Volume } from '@voxmim/core';

/** A crop in training: an image, and its labels where there are any (a class map, or regions as channels). */
export interface Sample {
  readonly image: Volume<Float32Array>;
  readonly labels?: Volume<Uint8Array>;
}
