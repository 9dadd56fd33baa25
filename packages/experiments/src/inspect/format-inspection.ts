import { layoutNames } from '@voxmim/data/node';

import type { Inspection } from './inspect-data.js';

/** An inspection as text. */
export function formatInspection(inspection: Inspection): string {
  const { name, layout, cases, labeled, classes, volumes, problems, picture, fingerprint } =
    inspection;
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
    `Layout: ${layoutNames[layout]}`,
    '',
    ...aligned([header, ...rows]),
    '',
    ...(problems.length > 0
      ? ['Problems:', ...problems.map((line) => `- ${line}`)]
      : ['No problems found.']),
    ...(picture === undefined ? [] : [`Picture: ${picture}`]),
    ...(fingerprint ? ['', ...fingerprintLines(fingerprint, looksLikeCt(volumes))] : []),
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
