import { tile, volumeOf, VoxmimError, type Shape3, type Volume } from '@voxmim/core';
import { hiddenVoxels } from '@voxmim/masking';

import { paintGray, percentileRange, type IntensityRange } from './picture/intensity.js';
import { montage } from './picture/montage.js';
import { drawOrientation } from './picture/orientation-marks.js';
import { paintErrorSize, paintMask } from './picture/overlay.js';
import { centreOf, planes, slicePlane, type Slice } from './picture/plane.js';
import type { Color, Raster } from './picture/raster.js';
import { resizeSlice, scaleToFit } from './picture/resize.js';
import type { PictureExample, ReportFact } from './report-content.js';
import { reportPicture } from './report-picture.js';
import { sliceStack, type SliceStack, type StackLayer } from './slice-stack.js';
import { componentSizes, spreadOver } from './target-map.js';

/** One crop that was hidden in part and predicted. */
export interface ReconstructionInput {
  readonly name: string;
  /** What the model was given, in normalized intensities. */
  readonly image: Volume<Float32Array>;
  /** Tokens per axis. */
  readonly gridShape: Shape3;
  /** `[L]`, one sample of a `TokenMask`'s `hidden`. */
  readonly hidden: Uint8Array;
  /**
   * One sample of an objective's `reconstruct(…).volumes`, in the image's layout and units; in those of
   * `target`, where there is one.
   */
  readonly prediction: Float32Array;
  /** What was to be predicted, if that is no intensity; its grid may be coarser. */
  readonly target?: Volume<Float32Array>;
  /** How the objective brought its prediction to the units of the input. */
  readonly deNormalization: string;
}

const HIDDEN: Color = [88, 98, 112];
const UNJUDGED: Color = [24, 27, 31];

/** Slices to scroll through, at most. */
const SLICES = 16;

/**
 * Pictures of what masked pretraining does with one crop: the input, what the encoder saw, the
 * prediction (visible patches are the input's own), and the size of its error where it was hidden.
 * One gray window, the input's, serves all; the error is fully bright at half its width. A target that
 * is no intensity is drawn beside its prediction, both by the mean size of their components.
 *
 * @param edge pixels of the longest edge of a plane
 * @throws `SHAPE_MISMATCH` when mask or prediction do not have the image's size
 */
export function drawReconstruction(input: ReconstructionInput, edge = 240): PictureExample {
  const { image, target } = input;
  const judged = target ? spreadOver(target, image.shape) : image;
  const prediction = target
    ? spreadOver({ ...target, data: input.prediction }, image.shape).data
    : input.prediction;
  const hidden = hiddenVolume({ ...input, image: judged, prediction });
  const difference = judged.data.map((value, at) => (prediction[at] ?? 0) - value);
  const shown = (data: Float32Array) =>
    target ? componentSizes({ ...judged, data }) : { ...judged, data };
  const volumes = {
    ...{ image, hidden },
    target: shown(judged.data),
    prediction: shown(filledIn(judged, hidden, prediction)),
    error: shown(difference),
  };
  const window = percentileRange(volumes.target.data);
  const range = percentileRange(image.data);
  const pictures = stages(volumes, range, window, edge).filter(
    ({ title }) => target !== undefined || title !== 'Target',
  );
  return {
    name: input.name,
    note: `Visible patches of the prediction are the ${target ? 'target' : 'input'}'s own; the error is shown where patches were hidden, from none (dark) to half the gray range (bright). ${input.deNormalization}`,
    facts: errorFacts(judged, hidden, prediction),
    columns: pictures.map(({ title, raster, alt }) => ({
      title,
      picture: reportPicture(
        raster,
        `${input.name}: ${alt}, on axial, coronal and sagittal planes`,
      ),
    })),
    slices: crossSections(volumes, range, window, target !== undefined),
  };
}

/** The crop slice by slice: input, what the encoder saw, the target where it is another, prediction. */
function crossSections(
  { image, hidden, target, prediction }: Stages,
  range: IntensityRange,
  targetRange: IntensityRange,
  hasTarget: boolean,
): SliceStack | null {
  const input: StackLayer = { kind: 'gray', volume: image, range };
  const cover: StackLayer = { kind: 'mask', volume: hidden, color: HIDDEN };
  const shown = (volume: Volume): StackLayer => ({ kind: 'gray', volume, range: targetRange });
  const columns = [
    { title: 'Input', layers: [input] },
    { title: 'What the encoder saw', layers: [input, cover] },
    ...(hasTarget ? [{ title: 'Target', layers: [shown(target)] }] : []),
    { title: 'Prediction', layers: [shown(prediction)] },
  ];
  return sliceStack(columns, { most: SLICES });
}

type Stages = Readonly<Record<'image' | 'hidden' | 'target' | 'prediction' | 'error', Volume>>;

function stages(volumes: Stages, range: IntensityRange, targetRange: IntensityRange, edge: number) {
  const at = centreOf(volumes.image);
  const cuts = planes.map((plane) => slicePlane(volumes.image, plane, at));
  const scale = scaleToFit(cuts, edge);
  const column = (paint: (cut: (volume: Volume, fill: 'nearest' | 'linear') => Slice) => Raster) =>
    montage(
      planes.map((plane) => [
        paint((volume, fill) => resizeSlice(slicePlane(volume, plane, at), scale, fill)),
      ]),
    );
  return [
    {
      title: 'Input',
      alt: 'the input',
      raster: column((cut) => withMarks(cut(volumes.image, 'linear'), range)),
    },
    {
      title: 'What the encoder saw',
      alt: 'the input with hidden patches in flat gray',
      raster: column((cut) =>
        masked(paintGray(cut(volumes.image, 'linear'), range), cut(volumes.hidden, 'nearest')),
      ),
    },
    {
      title: 'Target',
      alt: 'what is to be predicted of the input',
      raster: column((cut) => paintGray(cut(volumes.target, 'linear'), targetRange)),
    },
    {
      title: 'Prediction',
      alt: 'the hidden patches as predicted',
      raster: column((cut) => paintGray(cut(volumes.prediction, 'linear'), targetRange)),
    },
    {
      title: 'Error',
      alt: 'the size of the error where patches were hidden',
      raster: column((cut) => {
        const half = (targetRange[1] - targetRange[0]) / 2;
        const picture = paintErrorSize(cut(volumes.error, 'linear'), half);
        paintMask(picture, inverse(cut(volumes.hidden, 'nearest')), UNJUDGED);
        return picture;
      }),
    },
  ];
}

function withMarks(slice: Slice, range: IntensityRange): Raster {
  const picture = paintGray(slice, range);
  drawOrientation(picture, slice);
  return picture;
}

function masked(picture: Raster, hidden: Slice): Raster {
  paintMask(picture, hidden, HIDDEN);
  return picture;
}

function inverse(mask: Slice): Slice {
  return { ...mask, data: mask.data.map((flag) => 1 - flag) };
}

function filledIn(image: Volume, hidden: Volume, prediction: Float32Array): Float32Array {
  return prediction.map((value, at) => {
    const covered = hidden.data[Math.floor(at / image.channels)] !== 0;
    return covered ? value : (image.data[at] ?? 0);
  });
}

/** One flag per voxel from one per token. */
function hiddenVolume({
  image,
  gridShape,
  hidden,
  prediction,
}: Omit<ReconstructionInput, 'target'>) {
  checkSize('mask', hidden.length, volumeOf(gridShape));
  checkSize('prediction', prediction.length, image.data.length);
  const data = hiddenVoxels(hidden, gridShape, tile(image.shape, gridShape));
  return { ...image, data, channels: 1 };
}

function checkSize(what: string, received: number, expected: number): void {
  if (received === expected) return;
  throw new VoxmimError(
    'SHAPE_MISMATCH',
    `The ${what} has ${received} values where the image asks for ${expected}.`,
    'Pass one sample of the batch, not all of it.',
    { expected: `${expected} values`, received: [received] },
  );
}

function errorFacts(image: Volume, hidden: Volume, prediction: Float32Array): ReportFact[] {
  const isHidden = (at: number) => hidden.data[Math.floor(at / image.channels)] !== 0;
  const visible = meanWhere(
    image,
    (at) => !isHidden(at),
    (at) => image.data[at] ?? 0,
  );
  const errorOf = (guess: (at: number) => number) =>
    meanWhere(image, isHidden, (at) => Math.abs(guess(at) - (image.data[at] ?? 0)));
  const share = Math.round(
    (100 * hidden.data.filter((flag) => flag !== 0).length) / hidden.data.length,
  );
  return [
    { label: 'Hidden', value: `${share} %` },
    { label: 'Mean absolute error', value: errorOf((at) => prediction[at] ?? 0).toFixed(3) },
    { label: 'Guessing the visible mean', value: errorOf(() => visible).toFixed(3) },
  ];
}

function meanWhere(
  image: Volume,
  counts: (at: number) => boolean,
  valueOf: (at: number) => number,
): number {
  let [sum, count] = [0, 0];
  for (let at = 0; at < image.data.length; at += 1) {
    if (!counts(at)) continue;
    sum += valueOf(at);
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
