import { isUnreadable, type Registries, type RunMonitor } from '@voxmim/core';
import {
  openDataset,
  readCaseImage,
  type DatasetCase,
  type ReadCaseOptions,
} from '@voxmim/datasets/node';
import { openDicom } from '@voxmim/formats/dicom';
import { dicomFile } from '@voxmim/formats/node';
import type { FinetuneConfig, PretrainConfig } from '@voxmim/presets';
import type { ModelCard } from '@voxmim/weights';

import { summarizeVolumes, type VolumesSummary } from '../inspect/summarize-volumes.js';
import { factsOf, type VolumeFacts } from '../inspect/volume-facts.js';

/** More images than this tell no more of what images are like. */
const MOST_IMAGES = 100;

/** What the training images of a run are like. */
export interface MeasuredImages {
  readonly measured: ModelCard['data']['measured'];
  /** What DICOM headers say, such as `CT`; null for other formats and where it differs. */
  readonly modality: string | null;
}

const NOTHING: MeasuredImages = { measured: null, modality: null };

/**
 * Measures images that a run was trained with, where they still are where the run had them.
 *
 * @param ids of the cases, in any order
 */
export async function measureImages(
  { data }: PretrainConfig | FinetuneConfig,
  ids: readonly string[],
  { readers }: Registries,
  monitor?: RunMonitor,
): Promise<MeasuredImages> {
  const dataset = await openDataset(data.path, data.layout, readers).catch((error: unknown) => {
    if (isUnreadable(error)) return undefined;
    throw error;
  });
  if (!dataset) return NOTHING;
  const wanted = new Set(ids);
  const cases = dataset.cases.filter(({ id }) => wanted.has(id)).slice(0, MOST_IMAGES);
  const volumes: VolumeFacts[] = [];
  for (const [index, entry] of cases.entries()) {
    const facts = await measure(entry, { dicom: data.dicom, readers });
    if (facts) volumes.push(facts);
    monitor?.progress?.({
      stage: 'measuring',
      done: index + 1,
      total: cases.length,
      unit: 'images',
    });
  }
  return { measured: measuredOf(volumes), modality: await modalityOf(cases) };
}

async function measure(
  entry: DatasetCase,
  options: ReadCaseOptions,
): Promise<VolumeFacts | undefined> {
  try {
    return factsOf(entry, await readCaseImage(entry, options));
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

function measuredOf(volumes: readonly VolumeFacts[]): MeasuredImages['measured'] {
  const summary = summarizeVolumes(volumes);
  if (summary === null) return null;
  const { shape, spacing, intensities } = summary;
  const { lowest, highest } = intensities;
  return {
    images: volumes.length,
    shape: perAxis(shape),
    spacing: perAxis(spacing),
    lowest,
    highest,
  };
}

type PerAxis = NonNullable<MeasuredImages['measured']>['shape'];

function perAxis([depth, height, width]: VolumesSummary['shape']): PerAxis {
  return [depth, height, width];
}

/** One header of each series tells. */
async function modalityOf(cases: readonly DatasetCase[]): Promise<string | null> {
  const found = new Set<string>();
  for (const { series } of cases) {
    const [file] = series?.files ?? [];
    if (file === undefined) return null;
    const { series: read } = await openDicom([dicomFile(file)]);
    found.add(read[0]?.modality ?? '');
  }
  const [only = ''] = found;
  return found.size === 1 && only !== '' ? only : null;
}
