import type { Affine, Shape3 } from '@voxmim/core';

import type { AugmentationConfig, ClassBalance, CropBalance } from '@voxmim/volumes';

/** Names a random stream: what follows the seed in `createRandom`. */
export type RandomKey = readonly (string | number)[];

/** One augmented crop, named so that it is the same whoever draws it and when. */
export interface SampleRequest {
  readonly id: string;
  /** Of where the crop lies. */
  readonly crop: RandomKey;
  /** Moves the crop from there, so that two samples see nearly the same place. */
  readonly move?: CropMove;
  /** Of what is done to it. */
  readonly augment: RandomKey;
}

/** How a crop is moved at random. */
export interface CropMove {
  readonly key: RandomKey;
  /** Voxels that it moves by at most, either way. */
  readonly most: Shape3;
}

/** Where the voxels of a sample go. */
export interface SampleTarget {
  /** `[D, H, W, C]` of the crop */
  readonly voxels: Float32Array;
  /** `[D, H, W]`; 0 where the case has no labels */
  readonly labels?: Int32Array;
}

/** What is known of a sample beside its voxels. */
export interface DrawnSample {
  /** The case it came from: another than was asked for where that was skipped. */
  readonly id: string;
  readonly affine: Affine;
}

/** How samples are drawn; plain data. */
export interface SampleOptions {
  readonly seed: number;
  readonly crop: Shape3;
  /** How often crops are centered on organs, or on each class; null: anywhere. */
  readonly balance: CropBalance | ClassBalance | null;
  readonly augmentation: AugmentationConfig;
  /**
   * What a case that cannot be read does to the run; skipped, the next of `ids` takes its place. Another case
   * than those is never replaced.
   */
  readonly onError: 'stop' | 'skip';
  /** The cases of the run. */
  readonly ids: readonly string[];
}

/** Draws augmented crops of prepared cases. */
export interface SampleSource {
  /** @throws what reading throws, unless that is skipped; `LOADING_FAILED` when a worker ended */
  draw(request: SampleRequest, target: SampleTarget): Promise<DrawnSample>;
  /** See `CaseStore.ensureCached`. */
  ensureCached(id: string): Promise<boolean>;
  /** Ends workers; what is being drawn is lost. */
  close(): Promise<void>;
}
