import type { RunMonitor, VolumeReaders } from '@voxmim/core';
import { readCaseImage, type DatasetCase } from '@voxmim/datasets/node';
import { lookOf, unlikeTraining, type RunFields } from '@voxmim/presets';
import { preprocess, type Prepared } from '@voxmim/volumes';

/** What {@link prepareCases} needs beside the cases. */
export interface PrepareCasesOptions {
  /** Of the run whose model looks at them. */
  readonly fields: RunFields;
  readonly readers: VolumeReaders;
  /** What a description of the data set says took its images. */
  readonly modality?: string | undefined;
  readonly monitor?: RunMonitor | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Shown with the progress, such as `predicting`. */
  readonly stage: string;
}

/** Reads cases one after the other and prepares each as a run does; ends early when the signal fires. */
export async function* prepareCases(
  cases: readonly DatasetCase[],
  { fields, readers, modality: described, monitor, signal, stage }: PrepareCasesOptions,
): AsyncGenerator<{ readonly id: string; readonly image: Prepared['image'] }> {
  const { data, inChannels, crop: leastShape } = fields;
  for (const [at, entry] of cases.entries()) {
    if (signal?.aborted) return;
    const origin = entry.images.join(', ');
    const read = await readCaseImage(entry, { inChannels, dicom: data.dicom, readers });
    const prepared = preprocess(read.image, undefined, data.preprocessing, { origin, leastShape });
    const unlike = unlikeTraining(lookOf(read.image, read.modality ?? described), data.seen).map(
      (text) => `${entry.id} is unlike the training data: ${text}`,
    );
    for (const note of [...read.notes, ...unlike, ...prepared.notes]) monitor?.note?.(note);
    yield { id: entry.id, image: prepared.image };
    monitor?.progress?.({ stage, done: at + 1, total: cases.length, unit: 'cases' });
  }
}
