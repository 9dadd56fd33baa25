import type { Volume } from '@voxmim/core';
import type { ModelFacts } from '@voxmim/presets';

import type { Engine } from './model/model-session.js';
import type { ScanFile } from './scan/scan-files.js';

/** What is to be looked at: the files of one scan, or its voxels. */
export type Scan = ScanFile | readonly ScanFile[] | Volume;

/** What happens beside the work. */
export interface WorkOptions {
  /** Called after each window with how many are done, and of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends the work, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A segmented scan. */
export interface Segmentation {
  /** On the scan's own grid. */
  readonly labels: Volume<Uint8Array>;
  /** The scan as it was read. */
  readonly image: Volume;
  /** What the labels mean, background first. */
  readonly classes: readonly string[];
  /** What computed. */
  readonly engine: Engine;
  /** What somebody should know about the scan and the work. */
  readonly notes: readonly string[];
}

/** A model, ready to be used on scans. Calls come one after the other. */
export interface TrainedModel {
  /** What the model says of itself. */
  readonly facts: ModelFacts;
  /**
   * Labels each voxel of a scan.
   *
   * @throws what reading a scan throws; `INVALID_DATA` for a scan with other channels than the model's, for NaN
   *   and constant images; `UNSUPPORTED_CAPABILITY` for a model that segments nothing
   */
  segment(scan: Scan, options?: WorkOptions): Promise<Segmentation>;
  /**
   * The features of a scan: the mean over the deepest ones of an exported encoder.
   *
   * @throws as {@link segment}
   */
  embed(scan: Scan, options?: WorkOptions): Promise<Float32Array>;
  /**
   * The middle of a scan, prepared, as large as the model's input: what {@link reconstruct} takes.
   *
   * @throws as {@link segment}
   */
  window(scan: Scan): Promise<Volume<Float32Array>>;
  /**
   * Fills in what a mask hides, by a model of `voxmim export --reconstruction`.
   *
   * @param window as {@link window} gives it
   * @param hidden one flag per token of `facts.gridShape`; 1 is hidden. Some and not all are.
   * @returns the window, its hidden tokens predicted
   * @throws `SHAPE_MISMATCH`; `UNSUPPORTED_CAPABILITY` for another model
   */
  reconstruct(window: Volume<Float32Array>, hidden: Uint8Array): Promise<Volume<Float32Array>>;
  /** Frees what the model holds. */
  dispose(): Promise<void>;
}
