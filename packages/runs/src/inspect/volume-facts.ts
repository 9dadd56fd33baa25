import { spacingOf, type Affine, type Shape3, type Spacing3, type Volume } from '@voxmim/core';
import { axisCodes } from '@voxmim/volumes';
import {
  readCaseImage,
  readLabels,
  type Dataset,
  type DatasetCase,
  type DatasetSeries,
  type ReadCaseOptions,
} from '@voxmim/datasets/node';

/** Cosine between two axes from which they count as sheared: a tenth of a degree. */
const SHEAR = Math.sin((0.1 * Math.PI) / 180);

/** One volume as it is in its file. */
export interface VolumeFacts {
  readonly id: string;
  readonly shape: Shape3;
  readonly channels: number;
  /** Millimetres. */
  readonly spacing: Spacing3;
  /** Axis codes, such as `RAS`. */
  readonly orientation: string;
  readonly lowest: number;
  readonly highest: number;
  readonly mean: number;
  /** Voxels of each class; null without a label map. */
  readonly labelVoxels: readonly number[] | null;
  /** Which DICOM series it is, without its files. */
  readonly series?: Omit<DatasetSeries, 'files'>;
}

/** A case in memory. */
export interface CaseContent {
  readonly image: Volume;
  readonly labels?: Volume<Uint8Array>;
  /** What reading it had to do, such as interpolate between slices. */
  readonly notes: readonly string[];
}

/** Reads a case, all of its channels, and its labels where it has any. */
export async function readCaseContent(
  entry: DatasetCase,
  { classes }: Dataset,
  options: ReadCaseOptions,
): Promise<CaseContent> {
  const { image, notes } = await readCaseImage(entry, options);
  if (entry.label === undefined) return { image, notes };
  const labels = await readLabels(entry.label, classes.length || 256, image, options.readers);
  const told = labels.notes.map((note) => `${entry.label}: ${note}`);
  return { image, notes: [...notes, ...told], labels };
}

/** What can be measured of a case. */
export function factsOf({ id, series }: DatasetCase, { image, labels }: CaseContent): VolumeFacts {
  let [lowest, highest, sum] = [Infinity, -Infinity, 0];
  for (const value of image.data) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    sum += value;
  }
  return {
    id,
    shape: image.shape,
    channels: image.channels,
    spacing: spacingOf(image.affine),
    orientation: axisCodes(image.affine),
    lowest,
    highest,
    mean: sum / image.data.length,
    labelVoxels: labels ? countLabels(labels.data) : null,
    ...(series && { series: withoutFiles(series) }),
  };
}

function withoutFiles({ files: _, ...others }: DatasetSeries): Omit<DatasetSeries, 'files'> {
  return others;
}

/** What somebody should look at before training on a case. */
export function problemsOf(id: string, { image, labels, notes }: CaseContent): string[] {
  const unusable = image.data.find((value) => !Number.isFinite(value));
  const first = image.data[0];
  return [
    ...notes,
    ...(unusable === undefined ? [] : [`${id}: has voxels that are no finite numbers.`]),
    ...(image.data.every((value) => value === first)
      ? [`${id}: has the same value ${String(first)} in every voxel.`]
      : []),
    ...(isSheared(image.affine) ? [`${id}: its axes are not at right angles (gantry tilt?).`] : []),
    ...(labels?.data.every((label) => label === 0) ? [`${id}: nothing is labeled.`] : []),
  ];
}

/** Classes that a data set names and no label map has. */
export function absentClasses(
  classes: readonly string[],
  volumes: readonly VolumeFacts[],
): string[] {
  const labeled = volumes.flatMap(({ labelVoxels }) => (labelVoxels ? [labelVoxels] : []));
  if (labeled.length === 0) return [];
  return classes
    .filter((_, label) => label > 0 && labeled.every((counts) => !counts[label]))
    .map((name) => `No label map has a voxel of the class ${name}.`);
}

function isSheared(affine: Affine): boolean {
  const spacing = spacingOf(affine);
  const cosine = (left: 0 | 1 | 2, right: 0 | 1 | 2) =>
    affine.reduce((sum, row) => sum + row[left] * row[right], 0) / (spacing[left] * spacing[right]);
  return [cosine(0, 1), cosine(0, 2), cosine(1, 2)].some((value) => Math.abs(value) > SHEAR);
}

function countLabels(labels: Uint8Array): number[] {
  const counts: number[] = [];
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return Array.from(counts, (count: number | undefined) => count ?? 0);
}
