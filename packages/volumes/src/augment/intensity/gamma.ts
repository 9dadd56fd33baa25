import type { Random, Volume } from '@voxmim/core';
import * as z from 'zod';

import { drawFrom, probability, rangeWithin } from '../draw.js';
import { channelStatistics, mapLinear } from './channel.js';

/** Raises intensities to a power within the range of the crop. Source: nnU-Net `GammaTransform`. */
export const GammaConfig = z.strictObject({
  probability: probability.default(0).describe('Of a gamma curve.'),
  exponent: rangeWithin(0.01, 100)
    .default([0.7, 1.5])
    .describe('Range of the exponent; below 1 brightens.'),
  invertProbability: probability
    .default(0.25)
    .describe('Of bending the inverted intensities, where a curve is drawn.'),
  retainStatistics: z
    .boolean()
    .default(true)
    .describe('Whether to restore mean and standard deviation after it.'),
});
export type GammaConfig = z.infer<typeof GammaConfig>;

export function gamma(
  image: Volume<Float32Array>,
  channel: number,
  config: GammaConfig,
  random: Random,
): void {
  const exponent = drawFrom(config.exponent, random);
  const isInverted = random.uniform() < config.invertProbability;
  bend(image, channel, exponent, { isInverted, retainStatistics: config.retainStatistics });
}

/** Source: MONAI `AdjustContrast(gamma, invert_image, retain_stats)`, the same to the number. */
export function bend(
  image: Volume<Float32Array>,
  channel: number,
  exponent: number,
  how: { readonly isInverted: boolean; readonly retainStatistics: boolean },
): void {
  const { data, channels } = image;
  const sign = how.isInverted ? -1 : 1;
  const { lowest, highest, mean, deviation } = channelStatistics(image, channel);
  const range = highest - lowest;
  if (range === 0) return;
  const zero = how.isInverted ? highest : lowest;
  const shares = { zero, scale: sign / range };
  if (data.length / channels < 4 * CELLS) bendEach(image, channel, exponent, shares);
  else bendByTable(image, channel, exponent, shares);
  if (!how.retainStatistics) return;
  const bent = channelStatistics(image, channel);
  const factor = bent.deviation > 0 ? deviation / bent.deviation : 1;
  mapLinear(image, channel, { factor, offset: mean - bent.mean * factor });
}

/** The share of a value in the range of its channel is `(value - zero) * scale`. */
interface Shares {
  readonly zero: number;
  readonly scale: number;
}

function bendEach(
  { data, channels }: Volume<Float32Array>,
  channel: number,
  exponent: number,
  { zero, scale }: Shares,
): void {
  for (let index = channel; index < data.length; index += channels) {
    data[index] = zero + ((data[index] - zero) * scale) ** exponent / scale;
  }
}

/** Cells that powers are interpolated in; they are off by less than single precision is. */
const CELLS = 16_384;
/** Below this cell the power bends too much for that. */
const BENT_CELLS = 64;

/** As {@link bendEach}: a power costs as much as thirty products. */
function bendByTable(
  { data, channels }: Volume<Float32Array>,
  channel: number,
  exponent: number,
  { zero, scale }: Shares,
): void {
  const bent = Float64Array.from(
    { length: CELLS + 2 },
    (_, cell) => zero + (cell / CELLS) ** exponent / scale,
  );
  const toCell = scale * CELLS;
  for (let index = channel; index < data.length; index += channels) {
    const place = (data[index] - zero) * toCell;
    const cell = place | 0;
    if (cell < BENT_CELLS && place > 0) {
      data[index] = zero + (place / CELLS) ** exponent / scale;
    } else {
      const low = bent[cell];
      data[index] = low + (bent[cell + 1] - low) * (place - cell);
    }
  }
}
