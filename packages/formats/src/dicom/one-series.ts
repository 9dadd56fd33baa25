import { VoxmimError } from '@voxmim/core';

import type { DicomSeries, DicomStudy, DicomVolume } from './open-dicom.js';
import type { DicomStackConfig } from './stack-config.js';

/** Which series to read, and how. */
export interface OneSeriesOptions extends Partial<DicomStackConfig> {
  /** Which of several, from 1, in the order in which a refusal lists them. */
  readonly series?: number | undefined;
}

/**
 * Reads the one series of a study, or the chosen one. Notes say what was skipped.
 *
 * @param path what the files are, for messages
 * @param leftOut what was not opened, in words
 * @throws `NOT_FOUND`, `INVALID_FILE`; `INVALID_CONFIG` listing the series where there are several and
 *   none is chosen; what `DicomSeries.read` throws
 */
export async function oneSeries(
  { series, skipped, notes: taken }: DicomStudy,
  path: string,
  { series: chosen, ...options }: OneSeriesOptions = {},
  leftOut: readonly string[] = [],
): Promise<DicomVolume> {
  if (series.length === 0) throw noSeries(path, skipped, leftOut);
  const one = chosen === undefined && series.length > 1 ? undefined : series.at((chosen ?? 1) - 1);
  if (!one) throw chooseSeries(path, series, chosen);
  const { notes, ...read } = await one.read(options);
  return { ...read, notes: [...notes, ...taken, ...skippedNote(skipped), ...leftOut] };
}

function chooseSeries(
  path: string,
  series: readonly DicomSeries[],
  chosen: number | undefined,
): VoxmimError<'INVALID_CONFIG'> {
  const list = series.map((one, index) => {
    const [number, ...others] = seriesWords(one);
    const name = [one.modality, number, ...others].join(' ');
    return `${index + 1}: ${name} [${one.shape.join(', ')}]`;
  });
  return new VoxmimError(
    'INVALID_CONFIG',
    `${path} holds ${series.length} series: ${list.join('; ')}.`,
    'Choose one by its place in this list, such as --series 1, or put each into a folder of its own.',
    { path: 'series', received: chosen },
  );
}

function skippedNote(skipped: DicomStudy['skipped']): string[] {
  const first = skipped.at(0);
  return first
    ? [`${skipped.length} files are no slices, such as ${first.path}: ${first.reason}.`]
    : [];
}

/** What tells a series from others, in words: its number, description, phase and time. */
export function seriesWords({
  seriesNumber: number,
  description,
  phase,
  time,
}: {
  readonly [Fact in 'description' | 'phase' | 'time']?: string | undefined;
} & { readonly seriesNumber?: number | undefined }): string[] {
  return [
    `series ${number ?? '?'}`,
    ...(description === undefined ? [] : [`"${description}"`]),
    ...(phase === undefined ? [] : [`(${phase})`]),
    ...(time === undefined ? [] : [`at ${time}`]),
  ];
}

/**
 * The error for a folder or file without a slice: why its files are none, and how many for each reason.
 *
 * @param leftOut links and folders that were not opened
 */
export function noSeries(
  path: string,
  skipped: DicomStudy['skipped'],
  leftOut: readonly string[],
): VoxmimError {
  if (skipped.length === 0) {
    const found = [`${path} holds no files.`, ...leftOut].join(' ');
    const remedy = 'Give a folder of volumes: NIfTI files, or a DICOM series.';
    return new VoxmimError('NOT_FOUND', found, remedy, { path });
  }
  const reasons = new Map<string, string[]>();
  for (const { path: file, reason } of skipped) {
    const why = reason.replaceAll(file, 'it').replace(/\.$/, '');
    reasons.set(why, [...(reasons.get(why) ?? []), file]);
  }
  const most = [...reasons].sort(([, left], [, right]) => right.length - left.length);
  const told = most.slice(0, NAMED_REASONS).map(([why, [first, ...others]]) => {
    const count = others.length > 0 ? `${others.length + 1} files, such as ` : '';
    return `${count}${first} was skipped: ${why}`;
  });
  const more =
    most.length > NAMED_REASONS ? [`and ${most.length - NAMED_REASONS} more reasons`] : [];
  return new VoxmimError(
    'INVALID_FILE',
    [`${path} holds no DICOM slice; ${[...told, ...more].join('; ')}.`, ...leftOut].join(' '),
    'Give the folder of a CT, MR or PET series.',
    { path },
  );
}

/** Reasons that are named; the others are only counted. */
const NAMED_REASONS = 4;
