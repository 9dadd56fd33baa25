import type { Volume } from '@voxmim/core';

/** What the voxels of one channel look like. */
export interface ChannelStatistics {
  readonly lowest: number;
  readonly highest: number;
  readonly mean: number;
  /** Standard deviation of the population. */
  readonly deviation: number;
}

export function channelStatistics(
  { data, channels }: Volume<Float32Array>,
  channel: number,
): ChannelStatistics {
  let [lowest, highest, sum] = [Infinity, -Infinity, 0];
  for (let index = channel; index < data.length; index += channels) {
    const value = data[index];
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    sum += value;
  }
  const mean = sum / (data.length / channels);
  let squares = 0;
  for (let index = channel; index < data.length; index += channels) {
    squares += (data[index] - mean) ** 2;
  }
  return { lowest, highest, mean, deviation: Math.sqrt(squares / (data.length / channels)) };
}

/** `value * factor + offset`, within `[lowest, highest]`, in place. */
export function mapLinear(
  { data, channels }: Volume<Float32Array>,
  channel: number,
  { factor = 1, offset = 0, lowest = -Infinity, highest = Infinity },
): void {
  for (let index = channel; index < data.length; index += channels) {
    const value = data[index] * factor + offset;
    data[index] = value < lowest ? lowest : value > highest ? highest : value;
  }
}
