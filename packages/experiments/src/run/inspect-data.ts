import { isVoxmimError, spacingOf, type Shape3, type Spacing3, type Volume } from '@voxmim/core';
import { axisCodes } from '@voxmim/data';
import {
  openDataset,
  readLabels,
  readVolume,
  writeFileWhole,
  type Dataset,
  type DatasetCase,
} from '@voxmim/data/node';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';

import { inspectPicture } from '../picture/inspect-picture.js';
import type { RunMonitor } from './run-monitor.js';

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
}

/** What is in a file or folder, and what is wrong with it. */
export interface Inspection {
  readonly path: string;
  readonly name: string;
  readonly classes: readonly string[];
  readonly cases: number;
  readonly labeled: number;
  readonly volumes: readonly VolumeFacts[];
  readonly problems: readonly string[];
  /** The picture that was written. */
  readonly picture?: string;
}

/** How {@link inspectData} goes about it. */
export interface InspectDataOptions {
  /** A NIfTI file, a folder of them, or a data set. */
  readonly path: string;
  /** How many cases are read; all by default. */
  readonly limit?: number;
  /** A PNG to write: three planes of the first sound case, with its labels. */
  readonly picture?: string;
  readonly monitor?: RunMonitor;
}

/**
 * Reads volumes and says what is in them. A damaged file is a line among the problems, not an error.
 *
 * @throws `NOT_FOUND` when there is nothing at `path`; `WRITE_FAILED`
 */
export async function inspectData(options: InspectDataOptions): Promise<Inspection> {
  const { path, limit = Infinity, monitor } = options;
  const dataset = await datasetAt(path);
  const read = dataset.cases.slice(0, limit);
  const volumes: VolumeFacts[] = [];
  const problems = [...dataset.problems];
  let picture: string | undefined;
  for (const [index, entry] of read.entries()) {
    try {
      const content = await readCase(entry, dataset);
      volumes.push(factsOf(entry.id, content));
      if (options.picture !== undefined && picture === undefined) {
        picture = options.picture;
        const { image, labels } = content;
        await writeFileWhole(picture, inspectPicture(image, labels, { classes: dataset.classes }));
      }
    } catch (error) {
      if (!isVoxmimError(error) || error.code === 'WRITE_FAILED') throw error;
      problems.push(error.message);
    }
    monitor?.progress?.({ stage: 'reading', done: index + 1, total: read.length, unit: 'cases' });
  }
  return {
    path,
    name: dataset.name,
    classes: dataset.classes,
    cases: dataset.cases.length,
    labeled: dataset.cases.filter(({ label }) => label !== undefined).length,
    volumes,
    problems,
    ...(picture !== undefined && { picture }),
  };
}

/** An inspection as text. */
export function formatInspection(inspection: Inspection): string {
  const { name, cases, labeled, classes, volumes, problems, picture } = inspection;
  const rows = volumes.map((volume) => [
    volume.id,
    volume.shape.join('×'),
    volume.spacing.map((size) => size.toFixed(2)).join('×'),
    volume.orientation,
    `${volume.lowest.toPrecision(4)} … ${volume.highest.toPrecision(4)}`,
    volume.labelVoxels ? volume.labelVoxels.slice(1).join(' ') : '–',
  ]);
  const header = ['case', 'voxels D×H×W', 'mm', 'axes', 'intensities', 'label voxels'];
  return [
    `${name}: ${cases} cases, ${labeled} with labels${classes.length > 0 ? ` (${classes.join(', ')})` : ''}`,
    '',
    ...aligned([header, ...rows]),
    '',
    ...(problems.length > 0
      ? ['Problems:', ...problems.map((line) => `- ${line}`)]
      : ['No problems found.']),
    ...(picture === undefined ? [] : [`Picture: ${picture}`]),
  ].join('\n');
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

async function datasetAt(path: string): Promise<Dataset> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return openDataset(path);
  const id = basename(path);
  return { name: id, root: path, classes: [], cases: [{ id, images: [path] }], problems: [] };
}

interface CaseContent {
  readonly image: Volume;
  readonly labels?: Volume<Uint8Array>;
}

async function readCase(
  { images, label }: DatasetCase,
  { classes }: Dataset,
): Promise<CaseContent> {
  const image = await readVolume(images[0] ?? '');
  if (label === undefined) return { image };
  return { image, labels: await readLabels(label, classes.length || 256, image) };
}

function factsOf(id: string, { image, labels }: CaseContent): VolumeFacts {
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
  };
}

function countLabels(labels: Uint8Array): number[] {
  const counts: number[] = [];
  for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  return Array.from(counts, (count: number | undefined) => count ?? 0);
}
