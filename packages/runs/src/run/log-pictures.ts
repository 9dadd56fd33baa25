import { isVoxmimError } from '@voxmim/core';
import type { PictureExample, ReportContent } from '@voxmim/report';
import { TensorBoardLog, type LoggedPicture } from '@voxmim/training/node';

import type { StartedRun } from './start-run.js';

/**
 * Puts the pictures of a run's report, reconstructions or segmentations, into its TensorBoard log, in a file of
 * their own. Where that fails, a note says so: the run is good.
 */
export async function logPictures(
  { fields, folder, monitor }: Pick<StartedRun, 'fields' | 'folder' | 'monitor'>,
  step: number,
  report: Pick<ReportContent, 'reconstructions' | 'segmentations'>,
): Promise<void> {
  if (!fields.tensorBoard) return;
  const pictures = {
    ...picturesOf('reconstructions', report.reconstructions),
    ...picturesOf('segmentations', report.segmentations),
  };
  if (Object.keys(pictures).length === 0) return;
  try {
    const log = new TensorBoardLog(folder.path('tensorBoard'));
    await log.onStart({ step: 0 });
    await log.addPictures(step, pictures).finally(() => log.close());
  } catch (error) {
    if (!isVoxmimError(error)) throw error;
    monitor.note?.(`TensorBoard gets no pictures of this run. ${error.message}`);
  }
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
