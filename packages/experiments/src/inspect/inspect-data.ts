import { isVoxmimError, type RunMonitor } from '@voxmim/core';
import { type Fingerprint, FingerprintCollector } from '@voxmim/data';
import { DicomStackConfig } from '@voxmim/data/dicom';
import {
  openDataset,
  writeFileWhole,
  type DatasetLayoutConfig,
  type LayoutName,
  type VolumeReaders,
} from '@voxmim/data/node';

import { inspectPicture } from '../picture/inspect-picture.js';
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
  readonly volumes: readonly VolumeFacts[];
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
 * Reads volumes and says what is in them. A damaged file is a line among the problems, not an error.
 *
 * @throws `NOT_FOUND` when there is nothing at `path`; `INVALID_DATA` for a fingerprint of cases none of
 *   which can be used; `WRITE_FAILED`
 */
export async function inspectData(options: InspectDataOptions): Promise<Inspection> {
  const { path, layout, limit = Infinity, monitor, readers } = options;
  const dicom = options.dicom ?? DicomStackConfig.parse({});
  const dataset = await openDataset(path, layout, readers);
  const read = dataset.cases.slice(0, limit);
  const labeled = dataset.cases.filter(({ label }) => label !== undefined).length;
  const collector = new FingerprintCollector({
    name: dataset.name,
    classes: dataset.classes,
    expectedCases: read.length,
    foreground: labeled > 0 ? 'labels' : 'aboveMean',
  });
  const volumes: VolumeFacts[] = [];
  const problems = [...dataset.problems];
  let picture: string | undefined;
  for (const [index, entry] of read.entries()) {
    try {
      const content = await readCaseContent(entry, dataset, { dicom, readers });
      volumes.push(factsOf(entry.id, content));
      problems.push(...problemsOf(entry.id, content));
      if (options.picture !== undefined && picture === undefined) {
        picture = options.picture;
        const { image, labels } = content;
        await writeFileWhole(picture, inspectPicture(image, labels, { classes: dataset.classes }));
      }
      if (options.fingerprint !== undefined) collector.add(entry.id, content.image, content.labels);
    } catch (error) {
      if (!isVoxmimError(error) || error.code === 'WRITE_FAILED') throw error;
      problems.push(error.message);
    }
    monitor?.progress?.({ stage: 'reading', done: index + 1, total: read.length, unit: 'cases' });
  }
  if (read.length === dataset.cases.length)
    problems.push(...absentClasses(dataset.classes, volumes));
  return {
    path,
    name: dataset.name,
    layout: dataset.layout,
    classes: dataset.classes,
    cases: dataset.cases.length,
    labeled,
    volumes,
    problems,
    ...(picture !== undefined && { picture }),
    ...(options.fingerprint !== undefined && {
      fingerprint: await writeFingerprint(options.fingerprint, collector),
    }),
  };
}

async function writeFingerprint(path: string, collector: FingerprintCollector) {
  const fingerprint = collector.finish();
  await writeFileWhole(path, `${JSON.stringify(fingerprint, null, 2)}\n`);
  return { path, channels: fingerprint.channels, proposal: fingerprint.proposal };
}
