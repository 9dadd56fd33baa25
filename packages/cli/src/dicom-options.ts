import { parseConfig } from '@voxmim/core';
import { DicomStackConfig } from '@voxmim/formats/dicom';
import type { Command } from 'commander';

/** What is done about DICOM slices that make no even, upright stack. */
export interface DicomOptions {
  readonly unevenSlices?: string;
  readonly duplicateSlices?: string;
  readonly gantryTilt?: string;
}

/** Adds what every command that reads DICOM has. */
export function addDicomOptions(command: Command): Command {
  return command
    .option(
      '--uneven-slices <what>',
      'DICOM slices at uneven distances, or missing: refuse (default) or interpolate',
    )
    .option(
      '--duplicate-slices <what>',
      'DICOM slices at one place: refuse (default), or take the first',
    )
    .option(
      '--gantry-tilt <what>',
      'tilted DICOM slices: shear the affine (default), straighten (resample) or refuse',
    );
}

/** @throws `INVALID_CONFIG` */
export function dicomOf({
  unevenSlices,
  duplicateSlices,
  gantryTilt,
}: DicomOptions): DicomStackConfig {
  return parseConfig(DicomStackConfig, { unevenSlices, duplicateSlices, gantryTilt }, 'dicom');
}
