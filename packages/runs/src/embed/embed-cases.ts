import type { DatasetCase, Registries } from '@voxmim/core';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';
import { meanOverCrops, poolFeatures, type PoolingConfig } from '@voxmim/classify';
import type { DatasetLayoutConfig } from '@voxmim/datasets';
import { filesOf } from '@voxmim/datasets/node';
import { csvOf } from '@voxmim/evaluation';
import { join } from 'node:path';

import { predictCases } from '../run/predict-cases.js';
import { prepareCases } from '../run/prepare-cases.js';
import type { RunOptions } from '../run/run-options.js';
import { backendOf } from '../run/start-run.js';
import { loadTask } from '../tasks/load-task.js';
import { npyOf } from './npy-of.js';
import { probeFeatures, type ProbeOptions, type ProbeResult } from './probe-features.js';

/** What {@link embedCases} is given. */
export interface EmbedOptions extends Pick<RunOptions, 'monitor' | 'signal' | 'backend'> {
  readonly registries: Registries;
  /** A run of any task, or one of its checkpoints: its encoder is used as it is. */
  readonly run: string;
  /** A volume, a folder of them, a data set, or a list of files. */
  readonly input: string;
  readonly layout?: DatasetLayoutConfig;
  /** The folder of `features.npy` and `features.csv`, and of `probes.json` where there are labels. */
  readonly out: string;
  /** Whether they are replaced where they are there. Default false. */
  readonly force?: boolean;
  /** Which levels of the encoder; default: the deepest. */
  readonly pooling?: PoolingConfig;
  /** Judges the features by what they tell of labels; left out: it does not. */
  readonly probe?: ProbeOptions;
}

/** What was written. */
export interface EmbedResult {
  readonly checkpoint: string;
  readonly npy: string;
  readonly csv: string;
  readonly cases: number;
  /** Numbers of each case. */
  readonly width: number;
  readonly probes?: ProbeResult;
  /** Whether every case was done; not so when the signal fired. */
  readonly complete: boolean;
}

/** Features of a case. */
export interface EmbeddedCase {
  readonly entry: DatasetCase;
  readonly features: Float32Array;
}

/**
 * Writes what a trained encoder, left as it is, makes of each volume: one vector a case, the mean over the cells of
 * its features, and over crops that cover the volume. Rows of both files are in the same order.
 *
 * @throws `FILE_EXISTS` before anything is computed; `NOT_FOUND`, `INVALID_FILE`, `INVALID_DATA`,
 *   `CHECKPOINT_MISMATCH`, `WRITE_FAILED`
 */
export async function embedCases(options: EmbedOptions): Promise<EmbedResult> {
  const { run, input, layout, out, force = false, registries, monitor, signal } = options;
  const { readers } = registries;
  await backendOf({}, options);
  const { task, fields, path: checkpoint } = await loadTask(run, registries);
  try {
    const { inChannels, crop, batchSize } = fields;
    const found = await predictCases({ input, layout, readers, inChannels, monitor });
    const { cases, modality } = found;
    const [npy, csv] = [join(out, 'features.npy'), join(out, 'features.csv')];
    const written = [npy, csv, ...(options.probe ? [join(out, 'probes.json')] : [])];
    await checkOutputs(written, { reads: filesOf(cases), force });
    const { pooling = 'deepest' } = options;
    const entries = new Map(cases.map((entry) => [entry.id, entry]));
    const embedded: EmbeddedCase[] = [];
    const prepared = { fields, readers, modality, monitor, signal, stage: 'embedding' };
    for await (const { id, image } of prepareCases(cases, prepared)) {
      const of = (crops: Parameters<typeof poolFeatures>[1]) =>
        poolFeatures(task.encoder, crops, pooling);
      const entry = entries.get(id);
      const features = await meanOverCrops(image, crop, of, batchSize);
      if (entry) embedded.push({ entry, features });
    }
    await writeFileWhole(npy, npyOf(embedded.map(({ features }) => features)), { ownerOnly: true });
    await writeFileWhole(csv, csvOf(embedded.map(rowOf)), { ownerOnly: true });
    const probes = options.probe && (await probeFeatures(embedded, options.probe, { run, input }));
    if (probes) {
      const text = `${JSON.stringify(probes, null, 2)}\n`;
      await writeFileWhole(join(out, 'probes.json'), text, { ownerOnly: true });
    }
    const width = embedded[0]?.features.length ?? 0;
    const complete = embedded.length === cases.length;
    const known = { checkpoint, npy, csv, cases: embedded.length, width, complete };
    return { ...known, ...(probes && { probes }) };
  } finally {
    task.dispose();
  }
}

function rowOf({ entry, features }: EmbeddedCase): Record<string, string | number> {
  const numbers = [...features].map((value, at) => [`f${at}`, value] as const);
  return { id: entry.id, ...Object.fromEntries(numbers) };
}
