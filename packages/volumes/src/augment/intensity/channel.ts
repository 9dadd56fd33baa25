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
  // Sums of differences from some value of the channel lose no digits where all lie far from 0.
  const pivot = data[channel];
  let [lowest, highest, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (let index = channel; index < data.length; index += channels) {
    const value = data[index];
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    const difference = value - pivot;
    sum += difference;
    squares += difference * difference;
  }
  const count = data.length / channels;
  const variance = Math.max(0, squares / count - (sum / count) * (sum / count));
  return { lowest, highest, mean: pivot + sum / count, deviation: Math.sqrt(variance) };
}

/** The least and the largest value of a channel. */
export function channelRange(
  { data, channels }: Volume<Float32Array>,
  channel: number,
): Pick<ChannelStatistics, 'lowest' | 'highest'> {
  let [lowest, highest] = [Infinity, -Infinity];
  for (let index = channel; index < data.length; index += channels) {
    const value = data[index];
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return { lowest, highest };
}

/** `value * factor + offset`, within `[lowest, highest]`, in place. */
export function mapLinear(
  { data, channels }: Volume<Float32Array>,
  channel: number,
  { factor = 1, offset = 0, lowest = -Infinity, highest = Infinity },
): void {
  if (lowest === -Infinity && highest === Infinity) {
    for (let index = channel; index < data.length; index += channels) {
      data[index] = data[index] * factor + offset;
    }
    return;
  }
  for (let index = channel; index < data.length; index += channels) {
    const value = data[index] * factor + offset;
    data[index] = value < lowest ? lowest : value > highest ? highest : value;
  }
}
