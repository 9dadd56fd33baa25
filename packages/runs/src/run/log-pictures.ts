import { isVoxmimError } from '@voxmim/core';
import { TensorBoardLog, type LoggedPicture } from '@voxmim/training/node';

import type { PictureExample } from '@voxmim/report';
import { readReconstructions, readSegmentations } from '../reporting/run-pictures.js';
import type { StartedRun } from './start-run.js';

/**
 * Puts the reconstructions of a pretraining, or the segmentations of a fine-tuning, into the TensorBoard
 * log of the run, in a file of their own. Where they cannot be drawn, a note says so: the run is good.
 */
export async function logPictures(
  { config, folder, monitor }: Pick<StartedRun<LoggedConfig>, 'config' | 'folder' | 'monitor'>,
  step: number,
): Promise<void> {
  if (!config.tensorBoard) return;
  try {
    const { root } = folder;
    const pictures = {
      ...picturesOf('reconstructions', await readReconstructions(root)),
      ...picturesOf(
        'segmentations',
        await readSegmentations([{ name: 'Prediction', folder: root }]),
      ),
    };
    if (Object.keys(pictures).length === 0) return;
    const log = new TensorBoardLog(folder.path('tensorBoard'));
    await log.onStart({ step: 0 });
    await log.addPictures(step, pictures).finally(() => log.close());
  } catch (error) {
    if (!isVoxmimError(error)) throw error;
    monitor.note?.(`TensorBoard gets no pictures of this run. ${error.message}`);
  }
}

interface LoggedConfig {
  readonly tensorBoard: boolean;
}

function picturesOf(
  group: string,
  examples: readonly PictureExample[],
): Readonly<Record<string, LoggedPicture>> {
  const entries = examples.flatMap(({ name, columns }) =>
    columns.map(({ title, picture: { png, width, height } }): [string, LoggedPicture] => [
      `${group}/${name}/${title}`,
      { png: Buffer.from(png, 'base64'), width, height },
    ]),
  );
  return Object.fromEntries(entries);
}
