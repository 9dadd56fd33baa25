import { isVoxmimError, type RunMonitor, type VolumeReaders } from '@voxmim/core';
import { type Fingerprint, FingerprintCollector, type DatasetLayoutConfig } from '@voxmim/datasets';
import { DicomStackConfig } from '@voxmim/formats/dicom';
import { openDataset, filesOf, type Dataset, type LayoutName } from '@voxmim/datasets/node';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';

import { groupedNames } from '../batches/subjects.js';
import { inspectPicture } from '@voxmim/report';
import { outliersOfScale, summarizeVolumes, type VolumesSummary } from './summarize-volumes.js';
import {
  absentClasses,
  factsOf,
  problemsOf,
  readCaseContent,
  type VolumeFacts,
} from './volume-facts.js';

/** What is in a file or folder, and what is wrong with it. */
export interface Inspection {
  readonly path: string;
  readonly name: string;
  readonly layout: LayoutName;
  readonly classes: readonly string[];
  readonly cases: number;
  readonly labeled: number;
  /** What the volumes are like; null where none could be read. */
  readonly summary: VolumesSummary | null;
  readonly volumes: readonly VolumeFacts[];
  /** Cases that cannot be read, and why. */
  readonly damaged: readonly { readonly id: string; readonly message: string }[];
  readonly problems: readonly string[];
  /** The picture that was written. */
  readonly picture?: string;
  /** The fingerprint that was written, and where. */
  readonly fingerprint?: { readonly path: string } & Pick<Fingerprint, 'channels' | 'proposal'>;
}

/** How {@link inspectData} goes about it. */
export interface InspectDataOptions {
  /** A volume, a folder of them, a data set in any layout, or a list of files. */
  readonly path: string;
  /** How the folder is to be read, where it does not tell by itself. */
  readonly layout?: DatasetLayoutConfig;
  /** How DICOM series are read; by the defaults without it. */
  readonly dicom?: DicomStackConfig;
  /** How many cases are read; all by default. */
  readonly limit?: number;
  /** A PNG to write: three planes of the first sound case, with its labels. */
  readonly picture?: string;
  /** A JSON file to write: the fingerprint that `intensity.kind: nnunet` reads. */
  readonly fingerprint?: string;
  /** Of formats that are not built in. */
  readonly readers?: VolumeReaders;
  readonly monitor?: RunMonitor;
}

/**
 * Reads volumes and says what is in them. A damaged file is among `damaged` and a line among the
 * problems, not an error.
 *
 * @throws `NOT_FOUND` when there is nothing at `path`; `INVALID_DATA` for a fingerprint of cases none of
 *   which can be used; `WRITE_FAILED`
 */
export async function inspectData(options: InspectDataOptions): Promise<Inspection> {
  const { path, layout, limit = Infinity, monitor, readers } = options;
  const dicom = options.dicom ?? DicomStackConfig.parse({});
  const dataset = await openDataset(path, layout, readers);
  await checkInspectOutputs(options, dataset);
  const read = dataset.cases.slice(0, limit);
  const labeled = dataset.cases.filter(({ label }) => label !== undefined).length;
  const collector = collectorFor(dataset, read.length, labeled > 0);
  const volumes: VolumeFacts[] = [];
  const damaged: { id: string; message: string }[] = [];
  const problems = [...dataset.problems, ...namesLookGrouped(dataset)];
  let picture: string | undefined;
  for (const [index, entry] of read.entries()) {
    try {
      const content = await readCaseContent(entry, dataset, { dicom, readers });
      volumes.push(factsOf(entry, content));
      problems.push(...problemsOf(entry.id, content));
      if (options.picture !== undefined && picture === undefined) {
        picture = options.picture;
        const planes = inspectPicture(content.image, content.labels, dataset);
        await writeFileWhole(picture, planes, { ownerOnly: true });
      }
      if (options.fingerprint !== undefined) collector.add(entry.id, content.image, content.labels);
    } catch (error) {
      if (!isVoxmimError(error) || error.code === 'WRITE_FAILED') throw error;
      damaged.push({ id: entry.id, message: `${error.problem} ${error.remedy}` });
    }
    monitor?.progress?.({ stage: 'reading', done: index + 1, total: read.length, unit: 'cases' });
  }
  problems.unshift(...damaged.map(({ message }) => message));
  problems.push(...outliersOfScale(volumes));
  if (read.length === dataset.cases.length)
    problems.push(...absentClasses(dataset.classes, volumes));
  return {
    path,
    name: dataset.name,
    layout: dataset.layout,
    classes: dataset.classes,
    cases: dataset.cases.length,
    labeled,
    summary: summarizeVolumes(volumes),
    volumes,
    damaged,
    problems,
    ...(picture !== undefined && { picture }),
    ...(options.fingerprint !== undefined && {
      fingerprint: await writeFingerprint(options.fingerprint, collector),
    }),
  };
}

function collectorFor(
  { name, classes }: Dataset,
  expectedCases: number,
  isLabeled: boolean,
): FingerprintCollector {
  const foreground = isLabeled ? 'labels' : 'aboveMean';
  return new FingerprintCollector({ name, classes, expectedCases, foreground });
}

/** Where the data set tells whose its cases are, a split needs no word. */
function namesLookGrouped({ cases }: Dataset): string[] {
  if (cases.some(({ subject }) => subject !== undefined)) return [];
  const note = groupedNames(cases.map(({ id }) => id));
  return note === undefined ? [] : [note];
}

async function checkInspectOutputs(
  { picture, fingerprint }: InspectDataOptions,
  { cases }: Dataset,
): Promise<void> {
  const outputs = [picture, fingerprint].flatMap((out) => out ?? []);
  await checkOutputs(outputs, { reads: filesOf(cases), force: true });
}

async function writeFingerprint(path: string, collector: FingerprintCollector) {
  const fingerprint = collector.finish();
  await writeFileWhole(path, `${JSON.stringify(fingerprint, null, 2)}\n`);
  return { path, channels: fingerprint.channels, proposal: fingerprint.proposal };
}
