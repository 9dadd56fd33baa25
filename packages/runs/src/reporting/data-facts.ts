import { TrainingData } from '@voxmim/presets';
import type { ReportFact } from '@voxmim/report';
import { parse } from 'yaml';
import * as z from 'zod';

const Config = z.looseObject({ data: z.looseObject({ seen: TrainingData }) });

/**
 * What the training volumes of a run were like, in words: voxel sizes and intensities.
 *
 * @param config the text of its `config.yaml`; one that tells nothing of them gives no facts
 */
export function dataFacts(config: string): ReportFact[] {
  const found = Config.safeParse(parse(config));
  if (!found.success) return [];
  const { cases, modalities, spacing, channels } = found.data.data.seen;
  const [least, most] = spacing.map(sizes);
  const range = least === most ? least : `${least} to ${most}`;
  const kind = modalities.length > 0 ? `${modalities.join(', ')}; ` : '';
  return [
    { label: 'Training volumes', value: `${kind}voxels of ${range} mm (${cases} looked at)` },
    ...channels.map(({ low, high }, channel) => ({
      label: channels.length > 1 ? `Intensities, channel ${channel}` : 'Intensities',
      value: `0.5th percentile ${between(low)}, 99.5th ${between(high)}`,
    })),
  ];
}

function sizes(spacing: readonly number[]): string {
  return spacing.map(shown).join(' × ');
}

function between([least, most]: readonly [number, number]): string {
  return least === most ? shown(least) : `${shown(least)} to ${shown(most)}`;
}

function shown(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en-US');
}
