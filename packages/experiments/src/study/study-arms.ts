import { join } from 'node:path';

import { InitializationConfig, type FinetuneConfig } from '../config/finetune-config.js';
import type { StudyConfig } from '../config/study-config.js';
import { BASELINE } from './comparison.js';

/** One fine-tuning of a study. */
export interface Arm {
  readonly arm: string;
  readonly labels: number;
  readonly seed: number;
  readonly out: string;
  readonly config: FinetuneConfig;
}

/** The folder of the pretraining in the folder of a study. */
export function pretrainingOf(out: string): string {
  return join(out, 'pretrain');
}

/** Every fine-tuning of a study whose folder is `out`, the fewest labels first as they are listed. */
export function armsOf({ finetune, labels, seeds, pretrain }: StudyConfig, out: string): Arm[] {
  const source = pretrainingOf(out);
  const origins = [
    { arm: BASELINE, from: null },
    { arm: pretrain.objective.name, from: InitializationConfig.parse({ checkpoint: source }) },
  ];
  return labels.flatMap((use) =>
    seeds.flatMap((seed) =>
      origins.map(({ arm, from }) => ({
        arm,
        labels: use,
        seed,
        out: join(out, `${arm}-${use}-labels-seed-${seed}`),
        config: {
          ...finetune,
          encoder: pretrain.encoder,
          crop: pretrain.crop,
          inChannels: pretrain.inChannels,
          data: {
            ...pretrain.data,
            ...(finetune.data.classes && { classes: finetune.data.classes }),
          },
          seed,
          from,
          labels: { ...finetune.labels, use },
        },
      })),
    ),
  );
}
