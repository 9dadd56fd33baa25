import type { InitialWeights } from '@voxmim/core';
import { formatTransferTable } from '@voxmim/weights';

import { seenInPretraining, transferFrom } from './pretrained-source.js';
import { rescaleStream, rescalingText } from './rescale-stream.js';
import type { StartedRun } from './start-run.js';

/** Gives a model the weights that its run begins with, and says what came of it. */
export async function initialize(run: StartedRun): Promise<void> {
  const { task, data, fields, monitor } = run;
  const { from, model, encoder } = task;
  if (!from) return;
  const report = formatTransferTable(
    await transferFrom(from, { model, encoder, config: fields.encoder }),
  );
  const size = await rescaled(run, from);
  const table = size === null ? report : `${report}\n${rescalingText(size)}`;
  monitor.result?.(table);
  await run.writeText('transfer', table);
  const seen = await seenInPretraining(from, data.split.test);
  if (seen.length === 0) return;
  monitor.note?.(
    `${seen.length} of ${data.split.test.length} test cases were seen (without labels) in pretraining: ` +
      'use the same data.split for both, or say so with the results.',
  );
}

async function rescaled(
  { task, data }: StartedRun,
  { rescale, part }: InitialWeights,
): Promise<number | null> {
  if (!rescale || part !== 'encoder' || !task.someCrops) return null;
  return rescaleStream(task.encoder, await task.someCrops(data));
}
