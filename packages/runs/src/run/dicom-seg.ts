import { VoxmimError, type Volume } from '@voxmim/core';
import type { DatasetCase } from '@voxmim/datasets/node';
import type { DicomSource } from '@voxmim/formats/dicom';
import { readSegSource, type SegmentCodeTable, writeDicomSeg } from '@voxmim/formats/dicom-seg';
import { labelColor } from '@voxmim/report';

import { softwareVersion } from './software-version.js';

/** What a label map is written as. */
export type LabelMapFormat = 'nifti' | 'dicomSeg';

/** What {@link dicomSegOf} is given. */
export interface DicomSegOptions {
  /** Class names, background first. */
  readonly classes: readonly string[];
  /** Every file of the series that was segmented. */
  readonly sources: readonly DicomSource[];
  readonly codes?: SegmentCodeTable | undefined;
}

/** A label map as DICOM SEG, and what somebody should know of its references. */
export interface DicomSegFile {
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

/**
 * Writes a label map on the grid of a DICOM series as a DICOM Segmentation of it.
 *
 * @throws `INVALID_FILE` for a series that nothing can refer to
 */
export async function dicomSegOf(
  labels: Volume<Uint8Array>,
  { classes, sources, codes }: DicomSegOptions,
): Promise<DicomSegFile> {
  const source = await readSegSource(sources);
  const segments = classes.slice(1).map((name, index) => ({ name, color: labelColor(index + 1) }));
  const { version } = await softwareVersion();
  const algorithm = { name: 'voxmim', version };
  const bytes = await writeDicomSeg({ labels, segments, source, codes, algorithm });
  return { bytes, notes: source.notes };
}

/** Refuses cases that no DICOM SEG can refer to. @throws `INVALID_DATA` */
export function checkAreDicom(cases: readonly DatasetCase[]): void {
  const other = cases.find(({ series }) => series === undefined);
  if (!other) return;
  const path = other.images[0] ?? other.id;
  throw new VoxmimError(
    'INVALID_DATA',
    `${path} is no DICOM series: a DICOM SEG refers to the images that it was made of.`,
    'Give the folder of the series, or write NIfTI.',
    { path, reason: 'no DICOM series' },
  );
}
