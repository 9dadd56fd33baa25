import { join } from 'node:path';

import type { Volume } from '@voxmim/core';
import type { Box } from '@voxmim/volumes';
import { checkOutputs, outputPath, sweepParts, writeFileWhole } from '@voxmim/core/node';
import { type DatasetCase, filesOf, readCaseImage } from '@voxmim/datasets/node';
import type { SegmentCodeTable } from '@voxmim/formats/dicom-seg';
import { dicomFile, writeVolume } from '@voxmim/formats/node';
import type { DatasetLayoutConfig } from '@voxmim/datasets';

import { type InferenceConfig, lookOf, unlikeTraining } from '@voxmim/presets';
import { loadSegmenter, type LoadedSegmenter } from '../model/load-segmenter.js';
import { checkAreDicom, dicomSegOf, type LabelMapFormat } from './dicom-seg.js';
import { itkSnapLabels, type LabelFact, labelFacts } from './label-facts.js';
import { predictCases } from './predict-cases.js';
import type { RegionOfInterest } from './region-of-interest.js';
import type { RunOptions } from './run-options.js';
import { segmentCase, type SegmentedCase } from './segment-case.js';
import { backendOf } from './start-run.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';

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
  /** Where to look; everywhere without it. */
  readonly region?: RegionOfInterest;
  /** Whether the probability of every class is written too. Default false. */
  readonly probabilities?: boolean;
  /** `dicomSeg` writes `<case>.dcm` in place of `<case>.nii.gz`, of DICOM series only. Default `nifti`. */
  readonly format?: LabelMapFormat;
  /** By class name, what the segments of a DICOM SEG are; names without an entry get a default. */
  readonly codes?: SegmentCodeTable;
}

/** One label map, and what lies beside it. */
export interface PredictedFile {
  readonly id: string;
  readonly path: string;
  /** `<case>.labels.json`: names, colors and volumes. */
  readonly facts: string;
  /** `<case>.labels.txt`: names and colors for ITK-SNAP. */
  readonly itkSnap: string;
  /** `probabilities/<case>.nii.gz`: float32, one channel per class; where it was asked for. */
  readonly probabilities?: string;
  readonly labels: readonly LabelFact[];
  /** The box of the image that was looked at; absent: all of it. */
  readonly box?: Box;
  /** What somebody should know about the case, such as that it is unlike the training data. */
  readonly notes: readonly string[];
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
  const { run, input, monitor, registries = createRunRegistries() } = options;
  await backendOf({}, options);
  const loaded = await loadSegmenter(run, registries);
  const files: PredictedFile[] = [];
  try {
    const { inChannels } = loaded.config;
    const { layout } = options;
    const { readers } = registries;
    const found = await predictCases({ input, layout, readers, inChannels, monitor });
    const { cases, modality } = found;
    await checkFiles(cases, options);
    for (const entry of cases) {
      if (options.signal?.aborted) break;
      files.push(await predictCase(loaded, entry, { ...options, registries, modality }));
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

/** {@link PredictOptions}, and what the description of a data set says took its images. */
type CaseOptions = PredictOptions & { readonly modality: string | undefined };

async function predictCase(
  loaded: LoadedSegmenter,
  entry: DatasetCase,
  options: CaseOptions,
): Promise<PredictedFile> {
  const {
    labels: map,
    probabilities: scores,
    box,
    notes,
  } = await segmented(loaded, entry, options);
  const { path, facts, itkSnap, probabilities } = filesFor(entry, options);
  const told = await writeLabelMap(path, map, { loaded, entry, options });
  if (scores && probabilities !== undefined)
    await writeVolume(probabilities, scores, { kind: 'image', ownerOnly: true });
  const labels = labelFacts(map, loaded.classes);
  const known = { labels, ...(box && { box }), notes: [...notes, ...told] };
  const text = `${JSON.stringify({ checkpoint: loaded.path, ...known }, null, 2)}\n`;
  await writeFileWhole(facts, text, { ownerOnly: true });
  await writeFileWhole(itkSnap, itkSnapLabels(labels), { ownerOnly: true });
  const written = { path, facts, itkSnap, ...(probabilities !== undefined && { probabilities }) };
  return { id: entry.id, ...written, ...known };
}

/** Writes a label map in the format asked for; what somebody should know of it. */
async function writeLabelMap(
  path: string,
  map: Volume<Uint8Array>,
  made: { loaded: LoadedSegmenter; entry: DatasetCase; options: CaseOptions },
): Promise<readonly string[]> {
  const { loaded, entry, options } = made;
  if (options.format !== 'dicomSeg') {
    await writeVolume(path, map, { kind: 'labels', ownerOnly: true });
    return [];
  }
  const sources = (entry.series?.files ?? []).map(dicomFile);
  const { codes } = options;
  const { bytes, notes } = await dicomSegOf(map, { classes: loaded.classes, sources, codes });
  await writeFileWhole(path, bytes, { ownerOnly: true });
  for (const note of notes) options.monitor?.note?.(note);
  return notes;
}

/** What is written of a case. Probabilities lie in a folder of their own: they are no label maps. */
function filesFor(
  { id }: DatasetCase,
  { out, probabilities = false, format = 'nifti' }: PredictOptions,
): Pick<PredictedFile, 'path' | 'facts' | 'itkSnap' | 'probabilities'> {
  return {
    path: outputPath(out, id, format === 'nifti' ? '.nii.gz' : '.dcm'),
    facts: outputPath(out, id, '.labels.json'),
    itkSnap: outputPath(out, id, '.labels.txt'),
    ...(probabilities && { probabilities: outputPath(join(out, 'probabilities'), id, '.nii.gz') }),
  };
}

/** Looks at every output before the first is computed, and removes what killed calls left half-written. */
async function checkFiles(cases: readonly DatasetCase[], options: PredictOptions): Promise<void> {
  const { out, force = false } = options;
  if (options.format === 'dicomSeg') checkAreDicom(cases);
  const files = cases.flatMap((entry) => Object.values(filesFor(entry, options)));
  await checkOutputs(files, { reads: filesOf(cases), force });
  await sweepParts(out);
  if (options.probabilities) await sweepParts(join(out, 'probabilities'));
}

async function segmented(
  loaded: LoadedSegmenter,
  entry: DatasetCase,
  { modality: described, monitor, registries, inference, region, probabilities }: CaseOptions,
): Promise<SegmentedCase> {
  const { inChannels, data } = loaded.config;
  const {
    image,
    modality,
    notes: read,
  } = await readCaseImage(entry, {
    inChannels,
    dicom: data.dicom,
    readers: registries?.readers,
  });
  const found = await segmentCase(loaded, image, {
    ...{ origin: entry.images.join(', '), inference, region, probabilities },
    onProgress: (done, total) =>
      monitor?.progress?.({ stage: `segmenting ${entry.id}`, done, total, unit: 'windows' }),
  });
  const unlike = unlikeTraining(lookOf(image, modality ?? described), data.seen).map(
    (text) => `${entry.id} is unlike the training data: ${text}`,
  );
  const notes = [...read, ...unlike, ...found.notes];
  for (const note of notes) monitor?.note?.(note);
  return { ...found, notes };
}
