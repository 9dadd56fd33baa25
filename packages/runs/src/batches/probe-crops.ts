import { volumeOf, type CaseSplit, type TaskData } from '@voxmim/core';
import { noAugmentation } from '@voxmim/volumes';

import type { PretrainConfig } from '@voxmim/presets';
import { nestedSubset } from './split.js';

/** Labeled crops, one of a case, still on the host. */
export interface ProbeCrops {
  /** `[B, D, H, W, C]` */
  readonly shape: [number, number, number, number, number];
  readonly voxels: Float32Array;
  /** `[B, D, H, W]` */
  readonly labels: Int32Array;
}

/** The crops that a probe is fitted and judged on. */
export interface ProbeData {
  readonly fitted: ProbeCrops;
  readonly judged: ProbeCrops;
  readonly numClasses: number;
}

/**
 * Draws the crops of a linear probe, every other one around an organ. Cases of training are fitted and
 * those of validation judged; those of the test never enter.
 *
 * @returns null where the config asks for no probe, or labels or the names of classes are missing
 * @throws what reading a case throws
 */
export async function drawProbeData(
  data: TaskData,
  split: CaseSplit,
  { seed, crop, inChannels: channels, validation, data: { classes } }: PretrainConfig,
): Promise<ProbeData | null> {
  const { probeCases } = validation;
  if (probeCases === 0) return null;
  const { dataset } = data;
  const numClasses = (classes ?? dataset.classes).length;
  const labeled = new Set(dataset.cases.flatMap(({ id, label }) => (label ? [id] : [])));
  const choose = (ids: readonly string[]) => {
    const pool = ids.filter((id) => labeled.has(id));
    return nestedSubset(pool, Math.min(probeCases, pool.length), seed, data.subjects);
  };
  const [train, held] = [choose(split.train), choose(split.validation)];
  if (numClasses < 2 || train.length === 0 || held.length === 0) return null;
  const samples = data.openSamples({
    ids: [...train, ...held],
    balance: { positive: 1, negative: 1 },
    augmentation: noAugmentation,
    labelClasses: numClasses,
  });
  const draw = async (ids: readonly string[]): Promise<ProbeCrops> => {
    const size = volumeOf(crop);
    const voxels = new Float32Array(ids.length * size * channels);
    const labels = new Int32Array(ids.length * size);
    for (const [index, id] of ids.entries()) {
      const part = (width: number) => [index * width, (index + 1) * width] as const;
      await samples.draw(
        { id, crop: ['probe', id], augment: [] },
        {
          voxels: voxels.subarray(...part(size * channels)),
          labels: labels.subarray(...part(size)),
        },
      );
    }
    return { shape: [ids.length, ...crop, channels], voxels, labels };
  };
  return { fitted: await draw(train), judged: await draw(held), numClasses };
}
