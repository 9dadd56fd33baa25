import type { ClassBalance, CropBalance, Shape3 } from '@voxmim/core';
import type { AugmentationConfig } from '@voxmim/volumes';

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
