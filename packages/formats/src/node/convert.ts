import {
  type Shape3,
  spacing3,
  spacingOf,
  type Volume,
  type VolumeReaders,
  VoxmimError,
  type VoxelArray,
} from '@voxmim/core';
import * as z from 'zod';

import type { DicomVolume } from '../dicom/open-dicom.js';
import { DicomStackConfig } from '../dicom/stack-config.js';
import {
  type Grid,
  gridWithSpacing,
  axisCodes,
  parseAxisCodes,
  reorient,
  resample,
  lowestOf,
} from '@voxmim/volumes';
import { datatypeOfArray, niftiDatatypes, type NiftiDatatypeName } from '../nifti/datatype.js';
import type { NiftiExtension } from '../nifti/extensions.js';
import { smallestLabelType } from '../nifti/voxels-to-write.js';
import { checkOutputs } from '@voxmim/core/node';
import { readOneSeries } from './dicom-folder.js';
import { unpacked } from './walk-files.js';
import { readNiftiFile } from './read-nifti-file.js';
import { isDicomPath, readVolume } from './read-volume.js';
import { checkNiftiName, writeVolume } from './write-volume.js';

/** What to do with a volume on its way to another file. */
export const ConvertConfig = z
  .strictObject({
    orientation: z
      .string()
      .regex(/^[RLAPSI]{3}$/i, 'expected one letter each of R or L, A or P, S or I')
      .optional()
      .describe('Axis codes to turn to, such as RAS. No interpolation.'),
    spacing: spacing3.optional().describe('Millimetres per voxel [depth, height, width].'),
    like: z.string().optional().describe('A volume whose grid to resample onto.'),
    interpolation: z
      .enum(['nearest', 'linear', 'cubic', 'oneHotLinear'])
      .optional()
      .describe(
        'How values between voxels are found: linear for images and nearest for labels by default. ' +
          'oneHotLinear is for labels: each class linearly by itself, the largest taken.',
      ),
    sizeConvention: z
      .enum(['monai', 'nnunet'])
      .default('monai')
      .describe('Whether a spacing keeps the centers of corner voxels (monai) or faces (nnunet).'),
    separateSlices: z
      .boolean()
      .default(false)
      .describe('Whether slices more than three times as far apart as pixels are not mixed.'),
    outside: z
      .number()
      .optional()
      .describe('The value where the input has none: its lowest by default, or 0 for labels.'),
    antiAlias: z
      .boolean()
      .default(false)
      .describe('Whether detail finer than the new voxels is blurred away first; not for labels.'),
    labels: z.boolean().default(false).describe('Whether the voxels are class labels.'),
    datatype: z.enum(niftiDatatypes).optional().describe('The type to store voxels in.'),
    series: z.int().positive().optional().describe('Which of several DICOM series, from 1.'),
    dicom: DicomStackConfig.prefault({}).describe('DICOM slices that make no even, upright stack.'),
    force: z.boolean().default(false).describe('Whether to replace the output.'),
  })
  .refine(({ like, spacing, orientation }) => like === undefined || !(spacing ?? orientation), {
    path: ['like'],
    message:
      'the grid of another volume has its own spacing and orientation: give one or the other',
  })
  .refine(({ labels, interpolation }) => mixesNoClasses(labels, interpolation), {
    path: ['interpolation'],
    message:
      'labels take nearest or oneHotLinear, which never mix classes; images nearest, linear or cubic',
  });
export type ConvertConfig = z.infer<typeof ConvertConfig>;

function mixesNoClasses(labels: boolean, interpolation: string | undefined): boolean {
  if (interpolation === undefined || interpolation === 'nearest') return true;
  return labels === (interpolation === 'oneHotLinear');
}

/** What was written. */
export interface Conversion {
  readonly out: string;
  readonly shape: Shape3;
  readonly channels: number;
  /** Millimetres per voxel `[depth, height, width]`. */
  readonly spacing: readonly [number, number, number];
  readonly orientation: string;
  readonly datatype: NiftiDatatypeName;
  /** What somebody should know of the input, in words. */
  readonly notes: readonly string[];
}

/**
 * Reads a NIfTI file, a DICOM file or a folder with DICOM series, turns and resamples it as asked, and
 * writes it as NIfTI; or what one of `readers` accepts. Extensions of a NIfTI file are kept. Outside the input's field of view lies its
 * lowest value, or 0 for labels.
 *
 * @throws `FILE_EXISTS` for an output that is there, or that is the input; `INVALID_CONFIG` where the input has several series and none is
 *   chosen; what `readVolume` and `writeVolume` throw
 */
export async function convertVolume(
  input: string,
  out: string,
  config: ConvertConfig,
  readers?: VolumeReaders,
): Promise<Conversion> {
  checkNiftiName(out);
  const { like: grid, force } = config;
  await checkOutputs([out], { reads: [input, ...(grid === undefined ? [] : [grid])], force });
  if (config.orientation !== undefined) parseAxisCodes(config.orientation);
  const like = config.like === undefined ? undefined : await readVolume(config.like, readers);
  const { volume, notes, extensions } = await readInput(input, config, readers);
  const result = onGridAsked(volume, config, like);
  const datatype =
    config.datatype ??
    (config.labels ? smallestLabelType(result.data, input) : datatypeOfArray(result.data).name);
  await writeVolume(out, result, {
    kind: config.labels ? 'labels' : 'image',
    datatype,
    extensions,
  });
  return {
    out,
    shape: result.shape,
    channels: result.channels,
    spacing: spacingOf(result.affine),
    orientation: axisCodes(result.affine),
    datatype,
    notes: [...notes, ...(config.labels ? negativeNote(result.data) : [])],
  };
}

/** Labels below 0 are kept: whoever wrote them may mean something, and nothing else takes them. */
function negativeNote(labels: VoxelArray): string[] {
  const lowest = lowestOf(labels);
  return lowest < 0
    ? [
        `It has labels below 0, such as ${lowest}: they are kept, and training and evaluation refuse them.`,
      ]
    : [];
}

interface Input {
  readonly volume: Volume;
  readonly notes: readonly string[];
  readonly extensions: readonly NiftiExtension[];
}

async function readInput(
  input: string,
  config: ConvertConfig,
  readers: VolumeReaders | undefined,
): Promise<Input> {
  const own = readers?.find(input);
  if (own) return { volume: await own.read(input), notes: [], extensions: [] };
  const path = await unpacked(input);
  if (await isDicomPath(path)) return { ...(await readSeries(path, config)), extensions: [] };
  if (config.series !== undefined) {
    throw wrongUse('series', config.series, `${path} is no DICOM: it has no series to choose.`);
  }
  const volume = await readNiftiFile(path);
  return { volume, notes: volume.notes, extensions: volume.extensions };
}

function readSeries(path: string, { series, dicom }: ConvertConfig): Promise<DicomVolume> {
  return readOneSeries(path, { series, ...dicom });
}

function onGridAsked(volume: Volume, config: ConvertConfig, like: Grid | undefined): Volume {
  const { orientation, spacing, sizeConvention, separateSlices, antiAlias, labels } = config;
  const turned = orientation === undefined ? volume : reorient(volume, orientation);
  const grid = like ?? (spacing && gridWithSpacing(turned, spacing, sizeConvention));
  if (!grid) return turned;
  const source = config.datatype?.startsWith('float') ? asFloat(turned) : turned;
  const target = { shape: grid.shape, affine: grid.affine };
  const interpolation = config.interpolation ?? (labels ? 'nearest' : 'linear');
  // A spacing keeps the field of view, so that what lies outside is nearer than a voxel.
  const nothing = labels ? 0 : like ? lowestOf(volume.data) : 'border';
  const outside = config.outside ?? nothing;
  return resample(source, target, interpolation, { outside, antiAlias, separateSlices });
}

/** So that interpolated values are not rounded. */
function asFloat(volume: Volume): Volume {
  const isFloat = volume.data instanceof Float32Array || volume.data instanceof Float64Array;
  return isFloat ? volume : { ...volume, data: Float32Array.from(volume.data) };
}

function wrongUse(path: string, received: unknown, message: string): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError('INVALID_CONFIG', message, 'Leave the option out.', { path, received });
}
