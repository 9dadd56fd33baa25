import { layoutNames } from '@voxmim/datasets/node';
import { seriesWords } from '@voxmim/formats/node';

import type { Inspection } from './inspect-data.js';
import { rounded, type Spread, type VolumesSummary } from './summarize-volumes.js';

/** An inspection as text: the summary first, then what is wrong, then each volume. */
export function formatInspection(inspection: Inspection): string {
  const { name, layout, cases, labeled, classes, volumes, problems, picture, fingerprint } =
    inspection;
  const { summary, damaged } = inspection;
  const unread = damaged.length > 0 ? `, ${damaged.length} damaged` : '';
  return [
    `${name}: ${cases} cases, ${labeled} with labels${classes.length > 0 ? ` (${classes.join(', ')})` : ''}${unread}`,
    `Layout: ${layoutNames[layout]}`,
    ...(summary && volumes.length > 1 ? ['', ...summaryLines(summary, classes)] : []),
    '',
    ...(problems.length > 0
      ? ['Problems:', ...problems.map((line) => `- ${line}`)]
      : ['No problems found.']),
    ...(volumes.length > 0 ? ['', ...aligned([HEADER, ...volumes.map(rowOf)])] : []),
    ...(picture === undefined ? [] : ['', `Picture: ${picture}`]),
    ...(fingerprint ? ['', ...fingerprintLines(fingerprint, looksLikeCt(volumes))] : []),
  ].join('\n');
}

const HEADER = ['case', 'voxels D×H×W', 'mm', 'axes', 'intensities', 'label voxels'];

function rowOf(volume: Inspection['volumes'][number]): string[] {
  const { id, shape, channels, spacing, orientation, lowest, highest, labelVoxels } = volume;
  return [
    id,
    `${shape.join('×')}${channels > 1 ? `, ${channels} channels` : ''}`,
    spacing.map((size) => size.toFixed(2)).join('×'),
    orientation,
    `${lowest.toPrecision(4)} … ${highest.toPrecision(4)}`,
    labelVoxels ? labelVoxels.slice(1).join(' ') : '–',
    ...(volume.series ? [seriesText(volume.series)] : []),
  ];
}

function seriesText(series: NonNullable<Inspection['volumes'][number]['series']>): string {
  const { number: seriesNumber, description, time, phase } = series;
  return seriesWords({ seriesNumber, description, time, phase }).join(' ');
}

/** The medians of all volumes, and the extremes. */
function summaryLines(summary: VolumesSummary, classes: readonly string[]): string[] {
  const { shape, spacing, orientations, intensities, labels, labelMaps } = summary;
  const { lowest, highest, mean } = intensities;
  const axes = Object.entries(orientations).map(([codes, count]) => `${codes} in ${count}`);
  return aligned([
    ['', 'median', 'from', 'to'],
    ['voxels D×H×W', ...spreads(shape)],
    ['mm', ...spreads(spacing)],
    ['lowest value', ...spreads([lowest])],
    ['highest value', ...spreads([highest])],
    ['mean value', ...spreads([mean])],
    ...labels.map(({ label, maps, voxels }) => [
      `voxels of ${classes[label] ?? `label ${label}`}`,
      ...spreads([voxels]),
      `in ${maps} of ${labelMaps} label maps`,
    ]),
    ['axes', axes.join(', ')],
  ]);
}

function spreads(axes: readonly Spread[]): string[] {
  const of = (pick: (spread: Spread) => number) =>
    axes.map((spread) => rounded(pick(spread))).join('×');
  return [of(({ median }) => median), of(({ lowest }) => lowest), of(({ highest }) => highest)];
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

function fingerprintLines(
  { path, channels, proposal }: NonNullable<Inspection['fingerprint']>,
  isCt: boolean,
): string[] {
  // Only CT has one scale for all volumes.
  const intensity = isCt ? `kind: nnunet, file: ${JSON.stringify(path)}` : 'kind: zScore';
  const tuple = (values: readonly number[]) =>
    `[${values.map((value) => Number(value.toFixed(3))).join(', ')}]`;
  return [
    `Fingerprint: ${path}`,
    ...channels.map(
      ({ low, high, mean, std }, channel) =>
        `- foreground of channel ${channel}: ${low.toPrecision(4)} … ${high.toPrecision(4)} ` +
        `(0.5 to 99.5 %), mean ${mean.toPrecision(4)}, standard deviation ${std.toPrecision(4)}`,
    ),
    `- median shape at the proposed spacing: ${tuple(proposal.medianShape)}`,
    'A config for volumes like these:',
    `  crop: ${tuple(proposal.crop)}`,
    `  encoder: { patchSize: ${tuple(proposal.patchSize)} }`,
    '  data:',
    '    preprocessing:',
    `      spacing: ${tuple(proposal.spacing)}`,
    `      intensity: { ${intensity} }`,
  ];
}

/** Hounsfield units: air is -1000, and nothing else in use has values this far below zero. */
function looksLikeCt(volumes: Inspection['volumes']): boolean {
  return volumes.length > 0 && volumes.every(({ lowest }) => lowest < -500);
}
