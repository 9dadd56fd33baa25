import { VoxmimError, type RunMonitor, type VolumeReaders } from '@voxmim/core';
import { type Dataset, openDataset } from '@voxmim/datasets/node';
import type { DatasetLayoutConfig } from '@voxmim/datasets';

/** What {@link predictCases} looks for. */
export interface PredictCasesOptions {
  /** A volume, a folder of them, a data set, or a list of files. */
  readonly input: string;
  /** How the folder is to be read, where it does not tell by itself. */
  readonly layout?: DatasetLayoutConfig | undefined;
  readonly readers?: VolumeReaders | undefined;
  /** Channels that the model was trained on. */
  readonly inChannels: number;
  readonly monitor?: RunMonitor | undefined;
}

/**
 * Finds the cases to predict, and tells the monitor what was left out. Files `a_0000`, `a_0001` are the
 * channels of one case.
 *
 * @throws what `openDataset` throws; `INVALID_DATA` for a case of several files that are not as many as
 *   the model has channels
 */
export async function predictCases(
  options: PredictCasesOptions,
): Promise<Pick<Dataset, 'cases' | 'modality'>> {
  const { input, layout, readers, inChannels, monitor } = options;
  const dataset = await openDataset(input, layout, readers);
  const { cases, problems } = dataset;
  for (const problem of problems) monitor?.note?.(problem);
  // One file may hold several channels: that shows when it is read.
  const odd = cases.find(
    ({ images }) => images.length !== inChannels && (images.length > 1 || isNumbered(images)),
  );
  if (!odd) return dataset;
  throw new VoxmimError(
    'INVALID_DATA',
    `${input}: the case ${odd.id} has ${odd.images.length} files, where the model has ${inChannels} channels: ${odd.images.join(', ')}.`,
    'Give one file per channel and case, <case>_0000.nii.gz, <case>_0001.nii.gz and so on, or a pattern for ' +
      'each by --images.',
    { path: odd.images[0] ?? input, reason: 'number of channels' },
  );
}

function isNumbered([image = '']: readonly string[]): boolean {
  return /_\d{4}\.[^/\\]+$/.test(image);
}
