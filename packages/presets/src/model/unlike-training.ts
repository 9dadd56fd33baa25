import type { TrainingData } from '../config/training-data.js';
import { startOf, type VolumeLook } from './volume-look.js';

/** So many times wider or narrower, coarser or finer than in all of the training is far outside. */
const FAR_WIDTH = 10;
const FAR_SPACING = 3;

/** So much of their width may intensities begin elsewhere: scanners differ in scale, not in where zero is. */
const FAR_START = 0.25;

/**
 * In what a volume is unlike those that a model learned from, a sentence each: by modality, size of
 * voxels and intensities. Empty where it is like them, or nothing is known of them.
 */
export function unlikeTraining(look: VolumeLook, known: TrainingData | undefined): string[] {
  if (!known) return [];
  return [
    ...otherModality(look, known),
    ...otherSpacing(look, known),
    ...look.channels.flatMap((_, channel) => otherIntensities(look, known, channel)),
  ];
}

function otherModality({ modality }: VolumeLook, { modalities }: TrainingData): string[] {
  if (modality === undefined || modalities.length === 0 || modalities.includes(modality)) return [];
  return [`it is ${modality}, and the model learned from ${modalities.join(' and ')}.`];
}

function otherSpacing({ spacing }: VolumeLook, { spacing: [least, most] }: TrainingData): string[] {
  const isFar = spacing.some(
    (size, axis) =>
      size > FAR_SPACING * (most[axis] ?? size) || size * FAR_SPACING < (least[axis] ?? size),
  );
  if (!isFar) return [];
  const before = sizes(least) === sizes(most) ? sizes(least) : `${sizes(least)} to ${sizes(most)}`;
  return [`its voxels are ${sizes(spacing)} mm, those of the training were ${before} mm.`];
}

function otherIntensities(
  { channels }: VolumeLook,
  { channels: known }: TrainingData,
  channel: number,
): string[] {
  const [now, before] = [channels[channel], known[channel]];
  if (!now || !before) return [];
  const [low, high] = now;
  const width = high - low;
  const isScaled = width > FAR_WIDTH * before.width[1] || width * FAR_WIDTH < before.width[0];
  const start = startOf(now);
  const isMoved = start < before.start[0] - FAR_START || start > before.start[1] + FAR_START;
  if (!isScaled && !isMoved) return [];
  const which = known.length > 1 ? ` of channel ${channel}` : '';
  return [
    `its intensities${which} reach from ${shown(low)} to ${shown(high)}, those of the training from ` +
      `${shown(before.low[0])} to ${shown(before.high[1])}.`,
  ];
}

function sizes(spacing: readonly number[]): string {
  return spacing.map((size) => Number(size.toPrecision(3))).join(' × ');
}

function shown(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US');
}
