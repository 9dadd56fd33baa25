import { VoxmimError, type Spacing3 } from '@voxmim/core';

import { classMasks } from './class-masks.js';
import { DistanceField } from './distance-field.js';
import { checkSameGrid, spacingFor, type LabelGrid } from './label-grid.js';
import { measureMasks, type MaskConventions, type MaskMetrics } from './mask-metrics.js';
import type { Hd95Convention } from './surface-metrics.js';

/** How masks are compared. */
export interface MaskOptions {
  /** Millimetres per voxel. Defaults to what the affine of the truth says. */
  readonly spacing?: Spacing3;
  /** Distance up to which surfaces agree, for the normalized surface distance. Defaults to 2. */
  readonly nsdToleranceMm?: number;
  /** Defaults to `monai`. */
  readonly hd95?: Hd95Convention;
  /** Whether distances, which cost most, are measured; NaN without. Defaults to true. */
  readonly withSurfaces?: boolean;
}

/** What {@link evaluateCase} must know beside the labels. */
export interface EvaluationOptions extends Omit<MaskOptions, 'nsdToleranceMm'> {
  /** Names of the classes, background first. */
  readonly classes: readonly string[];
  /**
   * Distance up to which surfaces agree, for the normalized surface distance: of all classes, or of
   * each by its name. Defaults to 2.
   */
  readonly nsdToleranceMm?: number | Readonly<Record<string, number>>;
}

/** What was measured of one class in one case. */
export interface ClassMetrics extends MaskMetrics {
  readonly name: string;
}

/** Metrics of every class but background. */
export interface CaseMetrics {
  readonly id: string;
  readonly classes: readonly ClassMetrics[];
}

/**
 * Compares a label map with the truth on the same grid, class by class.
 *
 * Source: definitions and conventions of MONAI 1.5 (`DiceMetric`, `HausdorffDistanceMetric`,
 * `SurfaceDistanceMetric` with `symmetric=True`, `SurfaceDiceMetric`), without their reductions.
 *
 * @param id names the case, in messages and for pairing
 * @throws `SHAPE_MISMATCH` or `INVALID_DATA` when the grids differ; `INVALID_DATA` for a label outside
 *   the classes; `INVALID_CONFIG` for a spacing or tolerance that is missing or no length
 */
export function evaluateCase(
  id: string,
  prediction: LabelGrid,
  truth: LabelGrid,
  options: EvaluationOptions,
): CaseMetrics {
  checkSameGrid(id, prediction, truth);
  const { classes: names, nsdToleranceMm, ...rest } = options;
  const settings = names.map((name) =>
    conventionsFor(truth, { ...rest, nsdToleranceMm: toleranceOf(name, nsdToleranceMm, names[0]) }),
  );
  const field = new DistanceField();
  const classes: ClassMetrics[] = [];
  for (const masks of classMasks(prediction.data, truth.data, truth.shape, names.length)) {
    const name = names[masks.label];
    classes.push({ name, ...measureMasks(masks, settings[masks.label], field) });
  }
  return { id, classes };
}

/**
 * Compares two masks; anything but 0 is inside. For regions that overlap, such as the whole tumor and
 * its core, which no label map can hold: see {@link regionMask}.
 *
 * @throws as {@link evaluateCase}
 */
export function evaluateMasks(
  prediction: LabelGrid,
  truth: LabelGrid,
  options: MaskOptions = {},
): MaskMetrics {
  checkSameGrid('the mask', prediction, truth);
  const conventions = conventionsFor(truth, options);
  const [masks] = classMasks(inside(prediction.data), inside(truth.data), truth.shape, 2);
  return measureMasks(masks, conventions, new DistanceField());
}

/** The voxels whose label is one of `labels`, as a mask on the same grid. */
export function regionMask(grid: LabelGrid, labels: readonly number[]): LabelGrid {
  const wanted = new Set(labels);
  const data = Uint8Array.from(grid.data, (label) => (wanted.has(label) ? 1 : 0));
  return { ...grid, data };
}

function inside(mask: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(mask, (voxel) => (voxel === 0 ? 0 : 1));
}

function conventionsFor(truth: LabelGrid, options: MaskOptions): MaskConventions {
  const { nsdToleranceMm = 2, hd95 = 'monai', withSurfaces = true } = options;
  checkTolerance(nsdToleranceMm, 'nsdToleranceMm');
  return { spacing: spacingFor(truth, options.spacing), nsdToleranceMm, hd95, withSurfaces };
}

function toleranceOf(
  name: string,
  given: EvaluationOptions['nsdToleranceMm'] = 2,
  background: string,
): number {
  if (typeof given === 'number') return given;
  if (name === background) return 0;
  const tolerance = Object.hasOwn(given, name) ? given[name] : NaN;
  checkTolerance(tolerance, `nsdToleranceMm.${name}`);
  return tolerance;
}

function checkTolerance(tolerance: number, path: string): void {
  if (tolerance >= 0 && tolerance < Infinity) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${path} is ${tolerance}.`,
    'Give a distance in millimetres, one for all classes or one for each by name.',
    { path, received: tolerance },
  );
}
