import { parseConfig } from '@voxmim/core';
import { DatasetLayoutConfig } from '@voxmim/datasets';
import type { Command } from 'commander';

import { collect } from './run-options.js';

/** How the files of a data set are found, where the folder does not tell. */
export interface LayoutOptions {
  readonly layout?: string;
  readonly images?: readonly string[];
  readonly labels?: string;
  readonly suffix?: readonly string[];
  readonly labelSuffix?: string;
}

/** Adds what a command has that opens a data set without a config. */
export function addLayoutOptions(command: Command): Command {
  return command
    .option(
      '--layout <kind>',
      'auto (default; Decathlon, nnU-Net raw, BIDS, imagesTr and labelsTr, images, DICOM, .csv, .tsv, .json), bids or pattern',
    )
    .option(
      '--images <pattern>',
      'of the layout "pattern": images, {case} standing for the id; once per channel',
      collect,
    )
    .option('--labels <pattern>', 'of the layout "pattern": label maps')
    .option(
      '--suffix <name>',
      'of the layout "bids": images, such as T1w (default); once per channel',
      collect,
    )
    .option('--label-suffix <name>', 'of the layout "bids": label maps (default: dseg)');
}

/**
 * The layout that options name, or imply: patterns the layout of patterns, suffixes that of BIDS.
 *
 * @throws `INVALID_CONFIG`, also for options of another layout than the one named
 */
export function layoutOf(options: LayoutOptions): DatasetLayoutConfig {
  const { images, labels, suffix, labelSuffix } = options;
  const isPattern = images !== undefined || labels !== undefined;
  const implied = isPattern ? 'pattern' : suffix || labelSuffix ? 'bids' : 'auto';
  const given = {
    kind: options.layout ?? implied,
    ...(images && { images }),
    ...(labels !== undefined && { label: labels }),
    ...(suffix && { suffixes: suffix }),
    ...(labelSuffix !== undefined && { label: labelSuffix }),
  };
  return parseConfig(DatasetLayoutConfig, given, 'layout');
}
