import {
  affinesAgree,
  spacingOf,
  VoxmimError,
  type Volume,
  type RunMonitor,
  type VolumeReaders,
} from '@voxmim/core';
import type { RegionsConfig } from '@voxmim/volumes';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';
import {
  type LabelMaps,
  openLabelMaps,
  readLabelMap,
  type ReadLabels,
  readLabels,
} from '@voxmim/datasets/node';
import type { CaseMetrics } from '@voxmim/evaluation';
import { join } from 'node:path';

import { EvaluationConfig } from '@voxmim/presets';
import { isSegFile } from '@voxmim/formats/node';
import { checkRegions } from '../batches/check-regions.js';
import {
  evaluationResult,
  evaluationTable,
  type EvaluationResult,
} from '../judging/evaluation-result.js';
import { onCommonGrid } from '../judging/common-grid.js';
import { judgeCase, type JudgedBy } from '../judging/judge-case.js';

/** What {@link evaluateFolders} is given. */
export interface EvaluateOptions {
  /** Folder of label maps, whatever tool made them. */
  readonly predictions: string;
  /** Folder of true label maps with the same names, or a data set with labels. */
  readonly truth: string;
  /** Class names, background first; by default the data set's, else the numbers that occur. */
  readonly classes?: readonly string[];
  /** Sets of labels that are judged in place of the classes. */
  readonly regions?: RegionsConfig;
  readonly conventions?: EvaluationConfig;
  /** Where `evaluation.json` and `evaluation.txt` are written; nowhere by default. */
  readonly out?: string;
  /** Of formats that are not built in. */
  readonly readers?: VolumeReaders;
  /** Whether these two are replaced where they are there, as in the folder of a run. Default false. */
  readonly force?: boolean;
  readonly monitor?: RunMonitor;
}

/**
 * Judges a folder of predictions, each on the grid of its truth, as MONAI's metrics do. Truths without a
 * prediction are not judged, and the monitor is told how many there are.
 *
 * @throws `FILE_EXISTS` for an evaluation that is there, without `force`; `NOT_FOUND` for a missing folder; `INVALID_DATA` for a prediction without truth, another
 *   grid, or a label outside the classes
 */
export async function evaluateFolders(options: EvaluateOptions): Promise<EvaluationResult> {
  const { predictions, truth, monitor, out, regions, readers, force = false } = options;
  const written = out === undefined ? [] : ['json', 'txt'].map((kind) => join(out, `evaluation.${kind}`)); // prettier-ignore
  await checkOutputs(written, { force });
  const conventions = options.conventions ?? EvaluationConfig.parse({});
  const predicted = await openLabelMaps(predictions, readers);
  const truths = await openLabelMaps(truth, readers);
  for (const note of [...predicted.notes, ...truths.notes]) monitor?.note?.(note);
  const { pairs, notJudged } = pairsOf(predicted.maps, truths.maps);
  checkComplete(pairs, predicted.maps, predictions, truth);
  if (notJudged.length > 0) monitor?.note?.(missingNote(notJudged, predictions));
  const { classes, values } = await labelNamesOf(options, truths, pairs);
  if (regions) checkRegions(regions, classes);
  const cases: CaseMetrics[] = [];
  const notes: string[] = [];
  for (const pair of pairs) {
    const judged = await evaluatePair(pair, { classes, regions, values }, conventions, readers);
    cases.push(judged.metrics);
    notes.push(...judged.notes);
    for (const note of judged.notes) monitor?.note?.(note);
    monitor?.progress?.({
      stage: 'evaluating',
      done: cases.length,
      total: pairs.length,
      unit: 'cases',
    });
  }
  const result = evaluationResult(cases, classes, conventions, { notes });
  const texts = [JSON.stringify(result, null, 2), evaluationTable(result)];
  for (const [index, path] of written.entries()) await writeFileWhole(path, `${texts[index]}\n`);
  return result;
}

interface Pair {
  readonly id: string;
  readonly prediction: string;
  readonly truth: string;
}

interface Pairing {
  readonly pairs: readonly Pair[];
  /** Ids of truths without a prediction. */
  readonly notJudged: readonly string[];
}

function missingNote(notJudged: readonly string[], predictions: string): string {
  const names = notJudged.slice(0, 3).join(', ');
  return `${notJudged.length} truths have no prediction in ${predictions} and are not judged, such as ${names}.`;
}

function pairsOf(predicted: LabelMaps['maps'], truths: LabelMaps['maps']): Pairing {
  const pairs: Pair[] = [];
  const notJudged: string[] = [];
  for (const [id, truth] of truths) {
    const prediction = namesLike(id).flatMap((name) => predicted.get(name) ?? [])[0];
    if (prediction === undefined) notJudged.push(id);
    else pairs.push({ id, prediction, truth });
  }
  return { pairs, notJudged };
}

/** Some name label maps by the first channel of their image, `a_0000`, and others by the case. */
function namesLike(id: string): string[] {
  return [id, `${id}_0000`, ...(id.endsWith('_0000') ? [id.slice(0, -'_0000'.length)] : [])];
}

function checkComplete(
  pairs: readonly Pair[],
  predicted: LabelMaps['maps'],
  predictions: string,
  truth: string,
): void {
  const judged = new Set(pairs.map(({ prediction }) => prediction));
  const alone = [...predicted].flatMap(([id, path]) => (judged.has(path) ? [] : [id]));
  if (alone.length === 0) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `${alone.length} of ${predicted.size} predictions in ${predictions} have no truth in ${truth}, such as ${alone.slice(0, 3).join(', ')}.`,
    'Give each prediction the file name of its truth.',
    { path: predictions, reason: 'prediction without truth' },
  );
}

/** Names of classes, background first; and the labels that they stand for where these are not 0, 1, 2, … */
interface LabelNames {
  readonly classes: readonly string[];
  readonly values?: readonly number[] | undefined;
}

/** More classes than this are none that anybody compares. */
const MOST_LABELS = 256;

/** Where nothing names the classes, those that occur: FreeSurfer's 1035 makes no 1034 other classes. */
async function labelNamesOf(
  { classes, regions, readers }: EvaluateOptions,
  truths: LabelMaps,
  pairs: readonly Pair[],
): Promise<LabelNames> {
  if (classes) return { classes };
  if (truths.classes.length > 1) return { classes: truths.classes };
  const values = await occurringLabels(pairs, readers);
  const names = (labels: readonly number[]) =>
    labels.map((label) => (label === 0 ? 'background' : `${label}`));
  if (!regions) return { classes: names(values), values };
  return { classes: names(Array.from({ length: (values.at(-1) ?? 1) + 1 }, (_, label) => label)) };
}

async function occurringLabels(
  pairs: readonly Pair[],
  readers: VolumeReaders | undefined,
): Promise<readonly number[]> {
  const found = new Set([0]);
  for (const path of pairs.flatMap(({ truth, prediction }) => [truth, prediction])) {
    for (const label of (await readLabelMap(path, readers)).data) found.add(label);
    if (found.size > MOST_LABELS) throw tooManyLabels(path);
  }
  if (found.size === 1) found.add(1);
  return [...found].sort((left, right) => left - right);
}

function tooManyLabels(path: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${path} and the label maps before it have more than ${MOST_LABELS} labels.`,
    'Are these label maps, and not images? Otherwise evaluate fewer classes at a time.',
    { path, reason: 'too many labels' },
  );
}

async function evaluatePair(
  { id, prediction, truth }: Pair,
  { classes, regions, values }: LabelNames & Pick<JudgedBy, 'regions'>,
  { nsdToleranceMm, hd95 }: EvaluationConfig,
  readers: VolumeReaders | undefined,
): Promise<{ readonly metrics: CaseMetrics; readonly notes: readonly string[] }> {
  const read = (path: string) =>
    values
      ? readNumbered(path, values, readers)
      : readLabels(path, classes.length, undefined, readers);
  const maps = { expected: await read(truth), found: await read(prediction) };
  const hasSeg = (await isSegFile(truth)) || (await isSegFile(prediction));
  const placed = hasSeg ? onCommonGrid(maps.found, maps.expected) : undefined;
  const { found, expected } = placed ?? maps;
  checkGrid(found, expected, prediction, truth);
  const spacing = spacingOf(expected.affine);
  const told = (path: string, { notes }: ReadLabels<Uint8Array>) =>
    notes.map((note) => `${path}: ${note}`);
  return {
    metrics: judgeCase(id, found, expected, { classes, regions, spacing, nsdToleranceMm, hd95 }),
    notes: [...told(truth, maps.expected), ...told(prediction, maps.found)],
  };
}

/** A label map whose labels are replaced by their place among those that occur. */
async function readNumbered(
  path: string,
  values: readonly number[],
  readers: VolumeReaders | undefined,
): Promise<ReadLabels<Uint8Array>> {
  const labels = await readLabelMap(path, readers);
  const places = new Map(values.map((label, place) => [label, place]));
  return { ...labels, data: Uint8Array.from(labels.data, (label) => places.get(label) ?? 0) };
}

function checkGrid(found: Volume, expected: Volume, prediction: string, truth: string): void {
  const sameShape = found.shape.every((extent, axis) => extent === expected.shape[axis]);
  if (sameShape && affinesAgree(found.affine, expected.affine, found.shape, 0.1)) return;
  throw new VoxmimError(
    'INVALID_DATA',
    `${prediction} [${found.shape.join(', ')}] is on another grid than its truth ${truth} [${expected.shape.join(', ')}].`,
    'Resample predictions onto the grid of the truth first.',
    { path: prediction, reason: 'grids differ' },
  );
}
