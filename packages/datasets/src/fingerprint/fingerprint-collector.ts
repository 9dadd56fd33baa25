import { spacingOf, type Volume, volumeOf, VoxmimError } from '@voxmim/core';

import { reorientedGrid, checkIntensities, momentsOf, percentilesOfSorted } from '@voxmim/volumes';
import type { Fingerprint } from './fingerprint.js';
import { proposeFor } from './propose.js';

/** Sampled foreground voxels of a case and channel; fewer where there are many cases. */
const MOST_SAMPLES = 10_000;
const ALL_SAMPLES = 4_000_000;

/** What is known of one channel so far: each case counts the same, however large it is. */
interface ChannelSums {
  mean: number;
  meanOfSquares: number;
  readonly samples: Float32Array[];
}

/** What a {@link FingerprintCollector} must know beforehand. */
export interface FingerprintOptions {
  readonly name: string;
  /** Class names, background first; empty without labels. */
  readonly classes: readonly string[];
  /** How many cases will come. */
  readonly expectedCases: number;
  /** Which voxels intensities are taken of; cases without labels then only count as grids. */
  readonly foreground: 'labels' | 'aboveMean';
}

/**
 * Sums up a data set case by case, in bounded memory.
 *
 * Source: nnU-Net's `DatasetFingerprintExtractor`: intensities of the foreground, as many samples of
 * each case. Samples here are evenly spaced instead of drawn, and mean and standard deviation are of all
 * foreground voxels of a case.
 */
export class FingerprintCollector {
  readonly #options: FingerprintOptions;
  readonly #samplesPerCase: number;
  readonly #cases: Fingerprint['cases'][number][] = [];
  readonly #channels: ChannelSums[] = [];
  /** Milliliters of each class in each case that has it. */
  readonly #volumes: number[][];
  readonly #voxels: number[];
  #casesWithForeground = 0;

  constructor(options: FingerprintOptions) {
    this.#options = options;
    const share = Math.floor(ALL_SAMPLES / Math.max(1, options.expectedCases));
    this.#samplesPerCase = Math.max(100, Math.min(MOST_SAMPLES, share));
    this.#volumes = options.classes.map(() => []);
    this.#voxels = options.classes.map(() => 0);
  }

  /**
   * Takes a case in.
   *
   * @param labels on the image's grid
   * @throws `INVALID_DATA` for NaN or constant images, or another number of channels than before
   */
  add(id: string, image: Volume, labels?: Volume<Uint8Array>): void {
    checkIntensities(image, id);
    this.#requireChannels(id, image.channels);
    const { shape, affine } = reorientedGrid(image, 'RAS');
    this.#cases.push({ id, shape, spacing: spacingOf(affine) });
    if (labels) this.#addClasses(labels);
    if (this.#options.foreground === 'aboveMean') {
      this.#addIntensities(image, (channel) => {
        const { mean } = momentsOf(image, channel, () => true);
        return (value) => value > mean;
      });
    } else if (labels?.data.some((label) => label > 0)) {
      this.#addIntensities(image, () => (_, voxel) => labels.data[voxel] > 0);
    }
  }

  /** @throws `INVALID_DATA` when no case had any foreground */
  finish(): Fingerprint {
    const { name, foreground, classes } = this.#options;
    if (this.#casesWithForeground === 0) throw noForeground(name);
    const allVoxels = this.#voxels.reduce((sum, count) => sum + count, 0);
    return {
      format: 'voxmim-fingerprint-1',
      name,
      foreground,
      cases: this.#cases,
      channels: this.#channels.map((sums) => this.#summary(sums)),
      classes: classes.slice(1).map((className, index) => {
        const volumes = Float64Array.from(this.#volumes[index + 1]).sort();
        return {
          name: className,
          cases: volumes.length,
          medianMl: volumes.length > 0 ? percentilesOfSorted(volumes, [50])[0] : 0,
          share: allVoxels > 0 ? this.#voxels[index + 1] / allVoxels : 0,
        };
      }),
      proposal: proposeFor(this.#cases),
    };
  }

  #addClasses({ data, affine }: Volume<Uint8Array>): void {
    const counts = new Array<number>(this.#volumes.length).fill(0);
    for (const label of data) counts[label] += 1;
    const millilitersPerVoxel = volumeOf(spacingOf(affine)) / 1000;
    counts.forEach((count, label) => {
      this.#voxels[label] += count;
      if (count > 0) this.#volumes[label].push(count * millilitersPerVoxel);
    });
  }

  #addIntensities(
    image: Volume,
    foregroundOf: (channel: number) => (value: number, voxel: number) => boolean,
  ): void {
    this.#casesWithForeground += 1;
    for (let channel = 0; channel < image.channels; channel++) {
      const counts = foregroundOf(channel);
      const { mean, std } = momentsOf(image, channel, counts);
      const sums = (this.#channels[channel] ??= { mean: 0, meanOfSquares: 0, samples: [] });
      sums.mean += mean;
      sums.meanOfSquares += std ** 2 + mean ** 2;
      sums.samples.push(evenlySampled(image, channel, counts, this.#samplesPerCase));
    }
  }

  #summary({ mean: sum, meanOfSquares, samples }: ChannelSums): Fingerprint['channels'][number] {
    const length = samples.reduce((total, { length: count }) => total + count, 0);
    const pooled = new Float32Array(length);
    let start = 0;
    for (const sample of samples) {
      pooled.set(sample, start);
      start += sample.length;
    }
    const percents = [0, 0.5, 50, 99.5, 100];
    const [lowest, low, median, high, highest] = percentilesOfSorted(pooled.sort(), percents);
    const mean = sum / samples.length;
    const std = Math.sqrt(Math.max(0, meanOfSquares / samples.length - mean ** 2));
    return { low, high, mean, std, lowest, median, highest };
  }

  #requireChannels(id: string, channels: number): void {
    const known = this.#channels.length;
    if (known === 0 || known === channels) return;
    throw new VoxmimError(
      'INVALID_DATA',
      `${id} has ${channels} channels, the cases before it ${known}.`,
      'Give every case the same modalities.',
      { path: id, reason: 'number of channels' },
    );
  }
}

/** As many values of every case, evenly spaced among its foreground; repeated where it has fewer. */
function evenlySampled(
  { data, channels }: Volume,
  channel: number,
  counts: (value: number, voxel: number) => boolean,
  wanted: number,
): Float32Array {
  const found = new Float32Array(data.length / channels);
  let count = 0;
  for (let index = channel, voxel = 0; index < data.length; index += channels, voxel++) {
    if (counts(data[index], voxel)) found[count++] = data[index];
  }
  return Float32Array.from(
    { length: wanted },
    (_, at) => found[Math.floor(((at + 0.5) * count) / wanted)],
  );
}

function noForeground(name: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${name} has no case with foreground voxels.`,
    'Check that label maps are not empty, and that images can be read.',
    { path: name, reason: 'no foreground' },
  );
}
