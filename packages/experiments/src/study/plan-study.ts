import type { StudyConfig } from '../config/study-config.js';
import { createRegistries } from '../registries.js';
import { formatPlan, planFinetune, planPretrain, type RunPlan } from '../run/plan-run.js';
import type { RunOptions } from '../run/run-options.js';
import { backendOf } from '../run/start-run.js';
import { armsOf, pretrainingOf } from './study-arms.js';

/** What a study would do. */
export interface StudyPlan {
  readonly pretraining: RunPlan;
  /** One for each number of labels; seeds and starts differ in nothing that is planned. */
  readonly finetunings: readonly RunPlan[];
  /** Fine-tunings in all: labels × seeds × starts. */
  readonly runs: number;
  /** Optimizer steps in all. */
  readonly steps: number;
}

/**
 * Checks all that a study needs (config, data, one case read and prepared, output folder) and says
 * what it would do. Writes nothing.
 *
 * @throws what `runStudy` would throw before its first step
 */
export async function planStudy(config: StudyConfig, options: RunOptions): Promise<StudyPlan> {
  const { registries = createRegistries(), out } = options;
  const backend = await backendOf(config.pretrain, options);
  const shared = { ...options, registries, backend };
  const pretraining = await planPretrain(config.pretrain, { ...shared, out: pretrainingOf(out) });
  const arms = armsOf(config, out);
  const finetunings: RunPlan[] = [];
  for (const labels of config.labels) {
    const arm = arms.find((found) => found.labels === labels);
    if (!arm) continue;
    // The pretraining that the others start from does not exist yet.
    finetunings.push(
      await planFinetune({ ...arm.config, from: null }, { ...shared, out: arm.out }),
    );
  }
  const steps = config.pretrain.steps + arms.length * config.finetune.steps;
  return { pretraining, finetunings, runs: arms.length, steps };
}

/** A plan as text. */
export function formatStudyPlan({ pretraining, finetunings, runs, steps }: StudyPlan): string {
  const [first] = finetunings;
  const labels = finetunings.map(({ data }) => data.labeled).join(', ');
  return [
    formatPlan(pretraining),
    '',
    ...(first ? [formatPlan(first), ''] : []),
    `study: one pretraining and ${runs} fine-tunings with ${labels} labels, ${steps.toLocaleString('en-US')} steps in all`,
  ].join('\n');
}
