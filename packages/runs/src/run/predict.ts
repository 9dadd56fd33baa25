import type { Volume } from '@voxmim/core';
import { preprocess } from '@voxmim/volumes';
import { checkOutputs, outputPath, sweepParts, writeFileWhole } from '@voxmim/core/node';
import { filesOf, readCaseImage, type DatasetCase } from '@voxmim/datasets/node';
import { writeVolume } from '@voxmim/formats/node';
import type { DatasetLayoutConfig } from '@voxmim/datasets';

import { type InferenceConfig, segmentVolume, createRegistries } from '@voxmim/presets';
import { loadSegmenter, type LoadedSegmenter } from '../model/load-segmenter.js';
import { itkSnapLabels, type LabelFact, labelFacts } from './label-facts.js';
import { predictCases } from './predict-cases.js';
import type { RunOptions } from './run-options.js';
import { backendOf } from './start-run.js';

/** What {@link predict} is given. */
export interface PredictOptions extends Pick<
  RunOptions,
  'registries' | 'monitor' | 'signal' | 'backend'
> {
  /** A fine-tuning run, or one of its checkpoints. */
  readonly run: string;
  /** A volume, a folder of them, a data set, or a list of files. */
  readonly input: string;
  /** How the folder is to be read, where it does not tell by itself. */
  readonly layout?: DatasetLayoutConfig;
  /** The folder that label maps are written to, as `<case>.nii.gz`. */
  readonly out: string;
  /** Whether label maps that are there are replaced; what is read never is. Default false. */
  readonly force?: boolean;
  /** What is done otherwise than the run's config says, such as less overlap. */
  readonly inference?: Partial<InferenceConfig>;
}

/** One label map, and what lies beside it. */
export interface PredictedFile {
  readonly id: string;
  readonly path: string;
  /** `<case>.labels.json`: names, colors and volumes. */
  readonly facts: string;
  /** `<case>.labels.txt`: names and colors for ITK-SNAP. */
  readonly itkSnap: string;
  readonly labels: readonly LabelFact[];
}

/** What was written. */
export interface PredictResult {
  readonly checkpoint: string;
  readonly classes: readonly string[];
  readonly files: readonly PredictedFile[];
  /** Whether every case was done; not so when the signal fired. */
  readonly complete: boolean;
}

/**
 * Segments volumes with a trained model. Each label map is on its image's own grid and affine, in
 * the smallest integer type, and written whole or not at all.
 *
 * @throws `FILE_EXISTS` before anything is computed, for a file that is there (without `force`) or that is read;
 *   `NOT_FOUND`, `INVALID_FILE`, `INVALID_DATA`, `CHECKPOINT_MISMATCH`, `WRITE_FAILED`
 */
export async function predict(options: PredictOptions): Promise<PredictResult> {
  const { run, input, out, monitor, registries = createRegistries() } = options;
  await backendOf({}, options);
  const loaded = await loadSegmenter(run, registries);
  const files: PredictedFile[] = [];
  try {
    const { inChannels } = loaded.config;
    const { layout } = options;
    const { readers } = registries;
    const cases = await predictCases({ input, layout, readers, inChannels, monitor });
    await checkFiles(cases, options);
    for (const entry of cases) {
      if (options.signal?.aborted) break;
      const map = await segmentCase(loaded, entry, { ...options, registries });
      const [path, facts, itkSnap] = filesFor(entry, out);
      await writeVolume(path, map, { kind: 'labels', ownerOnly: true });
      const labels = await writeFacts({ facts, itkSnap }, map, loaded);
      files.push({ id: entry.id, path, facts, itkSnap, labels });
      monitor?.progress?.({
        stage: 'predicting',
        done: files.length,
        total: cases.length,
        unit: 'cases',
      });
    }
    const complete = files.length === cases.length;
    return { checkpoint: loaded.path, classes: loaded.classes, files, complete };
  } finally {
    loaded.model.dispose();
  }
}

/** Writes what the labels of a map mean, for programs and for ITK-SNAP. */
async function writeFacts(
  { facts, itkSnap }: Pick<PredictedFile, 'facts' | 'itkSnap'>,
  map: Volume<Uint8Array>,
  { classes, path: checkpoint }: LoadedSegmenter,
): Promise<readonly LabelFact[]> {
  const labels = labelFacts(map, classes);
  const text = `${JSON.stringify({ checkpoint, labels }, null, 2)}\n`;
  await writeFileWhole(facts, text, { ownerOnly: true });
  await writeFileWhole(itkSnap, itkSnapLabels(labels), { ownerOnly: true });
  return labels;
}

/** The label map of a case, and the two files of what its labels mean. */
function filesFor({ id }: DatasetCase, out: string): readonly [string, string, string] {
  return [
    outputPath(out, id, '.nii.gz'),
    outputPath(out, id, '.labels.json'),
    outputPath(out, id, '.labels.txt'),
  ];
}

/** Looks at every output before the first is computed, and removes what killed calls left half-written. */
async function checkFiles(
  cases: readonly DatasetCase[],
  { out, force = false }: PredictOptions,
): Promise<void> {
  const files = cases.flatMap((entry) => filesFor(entry, out));
  await checkOutputs(files, { reads: filesOf(cases), force });
  await sweepParts(out);
}

async function segmentCase(
  { model, config }: LoadedSegmenter,
  entry: DatasetCase,
  { monitor, registries, inference }: PredictOptions,
): Promise<Volume<Uint8Array>> {
  const { image, notes } = await readCaseImage(entry, {
    inChannels: config.inChannels,
    dicom: config.data.dicom,
    readers: registries?.readers,
  });
  const prepared = preprocess(image, undefined, config.data.preprocessing, {
    origin: entry.images.join(', '),
    leastShape: config.crop,
  });
  for (const note of [...notes, ...prepared.notes]) monitor?.note?.(note);
  const windows = (done: number, total: number) =>
    monitor?.progress?.({ stage: `segmenting ${entry.id}`, done, total, unit: 'windows' });
  const fields = { ...config, inference: { ...config.inference, ...inference } };
  const origin = entry.images.join(', ');
  return prepared.toNative(await segmentVolume(model, prepared.image, fields, windows, origin));
}
