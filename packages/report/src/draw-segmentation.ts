import type { Vector3, Volume } from '@voxmim/core';

import { paintGray, percentileRange, type IntensityRange } from './picture/intensity.js';
import { montage } from './picture/montage.js';
import { drawOrientation } from './picture/orientation-marks.js';
import { paintContours, paintLabels } from './picture/overlay.js';
import { mostLabeledPoint, planes, slicePlane, type Plane } from './picture/plane.js';
import type { Color, Raster } from './picture/raster.js';
import { resizeSlice, scaleToFit } from './picture/resize.js';
import type { PictureExample, ReportFact } from './report-content.js';
import { reportPicture } from './report-picture.js';
import { sliceStack, type SliceStack, type StackLayer } from './slice-stack.js';

/** One case with its truth and what models made of it, all on one grid. */
export interface SegmentationInput {
  /** Such as `Median case: hippocampus_042`. */
  readonly name: string;
  readonly image: Volume;
  readonly truth: Volume;
  readonly predictions: readonly { readonly title: string; readonly labels: Volume }[];
  /** Scores of this case, such as Dice per model. */
  readonly facts: readonly ReportFact[];
  /** Intensities shown as black and white; without it, the 0.5th to 99.5th percentile. */
  readonly range?: readonly [number, number];
  /** The voxel the planes go through; without it, where the truth has most. */
  readonly at?: Vector3;
}

const TRUTH_LINE: Color = [255, 255, 255];

/** Slices to scroll through, at most. */
const SLICES = 24;

/**
 * Pictures of one case: the image, the truth over it, and each prediction with the truth's outline in
 * white, on three planes.
 *
 * @param edge pixels of the longest edge of a plane
 */
export function drawSegmentation(input: SegmentationInput, edge = 240): PictureExample {
  const at = input.at ?? mostLabeledPoint(input.truth);
  const range = input.range ?? percentileRange(input.image.data);
  const scale = scaleToFit(
    planes.map((plane) => slicePlane(input.image, plane, at)),
    edge,
  );
  const labelsOn = (volume: Volume, plane: Plane) =>
    resizeSlice(slicePlane(volume, plane, at), scale, 'nearest');
  const column = (overlay: (picture: Raster, plane: Plane) => void) =>
    montage(
      planes.map((plane) => {
        const slice = resizeSlice(slicePlane(input.image, plane, at), scale, 'linear');
        const picture = paintGray(slice, range);
        overlay(picture, plane);
        drawOrientation(picture, slice);
        return [picture];
      }),
    );
  const filled = (labels: Volume) => (picture: Raster, plane: Plane) => {
    paintLabels(picture, labelsOn(labels, plane), 0.5);
  };
  const against = (labels: Volume) => (picture: Raster, plane: Plane) => {
    filled(labels)(picture, plane);
    paintContours(picture, labelsOn(input.truth, plane), { color: TRUTH_LINE });
  };
  const shown = [
    { title: 'Image', raster: column(() => undefined) },
    { title: 'Truth', raster: column(filled(input.truth)) },
    ...input.predictions.map(({ title, labels }) => ({ title, raster: column(against(labels)) })),
  ];
  return {
    name: input.name,
    note: 'The white line is the outline of the truth.',
    facts: input.facts,
    columns: shown.map(({ title, raster }) => ({
      title,
      picture: reportPicture(
        raster,
        `${input.name}: ${title}, on axial, coronal and sagittal planes`,
      ),
    })),
    slices: labeledSlices(input, range),
  };
}

/** The slices with labels, each as image, truth and predictions with the truth's outline. */
function labeledSlices(
  { image, truth, predictions }: SegmentationInput,
  range: IntensityRange,
): SliceStack | null {
  const gray: StackLayer = { kind: 'gray', volume: image, range };
  const columns = [
    { title: 'Image', layers: [gray] },
    { title: 'Truth', layers: [gray, { kind: 'labels', volume: truth } as const] },
    ...predictions.map(({ title, labels }) => ({
      title,
      layers: [gray, { kind: 'labels', volume: labels, outlined: truth } as const],
    })),
  ];
  const worth = [truth, ...predictions.map(({ labels }) => labels)];
  return sliceStack(columns, { most: SLICES, worth });
}

/** A case and its score, such as its mean Dice. */
export interface ScoredCase {
  readonly id: string;
  readonly score: number;
}

/**
 * The cases that a report shows, so that nobody picks them by looks: best, median (the lower of two)
 * and worst by score, ties by id; each case once. Cases without a finite score are left out.
 */
export function bestMedianWorst<Case extends ScoredCase>(
  cases: readonly Case[],
): readonly (Case & { readonly rank: 'best' | 'median' | 'worst' })[] {
  const sorted = cases
    .filter(({ score }) => Number.isFinite(score))
    .sort((left, right) => right.score - left.score || (left.id < right.id ? -1 : 1));
  const chosen = [
    { rank: 'best' as const, at: 0 },
    { rank: 'worst' as const, at: sorted.length - 1 },
    { rank: 'median' as const, at: Math.floor(sorted.length / 2) },
  ].filter(({ at }, index, all) => all.findIndex((other) => other.at === at) === index);
  return chosen
    .sort((left, right) => left.at - right.at)
    .flatMap(({ rank, at }) => {
      const found = sorted[at];
      return found ? [{ ...found, rank }] : [];
    });
}
