import type { Registries } from '@voxmim/core';
import type { StartedBackend } from '@voxmim/runtime';
import { formatTransferTable } from '@voxmim/weights';

import {
  type FinetuneConfig,
  type PretrainConfig,
  buildSegmenter,
  createRegistries,
} from '@voxmim/presets';
import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import { describeBalance } from '../batches/crop-balance.js';
import { labeledSubset } from '../batches/labeled-subset.js';
import { openRunData, type RunData } from '../batches/run-data.js';
import {
  formatModelSummary,
  summarizePretraining,
  summarizeSegmenter,
  type ModelSummary,
} from '../model/model-summary.js';
import { memoryWarning } from '../model/memory-fit.js';
import { transferFrom } from './pretrained-source.js';
import { RunFolder } from './run-folder.js';
import type { RunOptions } from './run-options.js';
import { backendOf } from './start-run.js';

/** What a run would do. */
export interface RunPlan {
  readonly task: 'pretrain' | 'finetune';
  readonly out: string;
  readonly backend: Pick<StartedBackend, 'name' | 'version' | 'device'>;
  readonly data: {
    readonly name: string;
    readonly cases: number;
    readonly train: number;
    /** Training cases whose labels are used; null in pretraining. */
    readonly labeled: number | null;
    readonly validation: number;
    readonly test: number;
    readonly classes: readonly string[];
  };
  /** Where the crops of training lie. */
  readonly crops: string;
  readonly steps: number;
  readonly model: ModelSummary;
  /** Where a training step may not fit the memory of this machine; null where it does, or another device computes. */
  readonly memoryWarning: string | null;
  /** What a fine-tuning would take from its pretrained encoder; null from scratch. */
  readonly transfer: string | null;
}

/**
 * Checks all that a pretraining run needs (config, data, one case read and prepared, output folder)
 * and says what it would do. Writes nothing.
 *
 * @throws what {@link pretrain} would throw before its first step
 */
export async function planPretrain(input: PretrainConfig, options: RunOptions): Promise<RunPlan> {
  const { registries = createRegistries() } = options;
  const config = await resolvePretrain(input, { registries });
  const data = await checkedData(config, { ...options, registries });
  const backend = await backendOf(config, options);
  const model = summarizePretraining(config, registries, backend);
  return { ...planOf(config, options, data, null, backend, model), transfer: null };
}

/** Like {@link planPretrain}, for fine-tuning. */
export async function planFinetune(input: FinetuneConfig, options: RunOptions): Promise<RunPlan> {
  const { registries = createRegistries() } = options;
  const config = await resolveFinetune(input, { registries });
  const data = await checkedData(config, { ...options, registries });
  const labeled = labeledSubset(data, config.labels, options.monitor).length;
  const backend = await backendOf(config, options);
  const model = summarizeSegmenter(config, data.classes.length, registries, backend);
  const transfer = await plannedTransfer(config, data.classes.length, registries);
  return { ...planOf(config, options, data, labeled, backend, model), transfer };
}

/** Reads the pretrained encoder, so that one that is missing or does not fit shows now. */
async function plannedTransfer(
  config: FinetuneConfig,
  numClasses: number,
  registries: Registries,
): Promise<string | null> {
  if (config.from === null) return null;
  const model = buildSegmenter(config, numClasses, registries);
  try {
    return formatTransferTable(await transferFrom(config.from, model, config.encoder));
  } finally {
    model.dispose();
  }
}

/** A plan as text. */
export function formatPlan(plan: RunPlan): string {
  const { task, out, backend, data, crops, steps, model, transfer } = plan;
  const { cases, train, labeled, validation, test } = data;
  const training = labeled === null ? `${train}` : `${labeled} of ${train} labeled`;
  return [
    `${task}: nothing was written; the run would go to ${out}`,
    `${'data'.padEnd(14)}${data.name}, ${cases} cases: ${training} for training, ${validation} validation, ${test} test`,
    ...(data.classes.length > 0 ? [`${'classes'.padEnd(14)}${data.classes.join(', ')}`] : []),
    `${'crops'.padEnd(14)}${crops}`,
    formatModelSummary(model),
    ...(plan.memoryWarning === null ? [] : [`${'warning'.padEnd(14)}${plan.memoryWarning}`]),
    `${'steps'.padEnd(14)}${steps.toLocaleString('en-US')}`,
    `${'backend'.padEnd(14)}${backend.name} ${backend.version}, ${backend.device}`,
    ...(transfer === null ? [] : [transfer]),
  ].join('\n');
}

async function checkedData(
  config: PretrainConfig | FinetuneConfig,
  options: RunOptions,
): Promise<RunData> {
  await RunFolder.check(options.out, options);
  const data = await openRunData(config, {
    monitor: options.monitor,
    readers: options.registries?.readers,
  });
  const [first] = data.split.train;
  if (first !== undefined) await data.store.prepare(first);
  return data;
}

function planOf(
  { task, steps, device: asked }: PretrainConfig | FinetuneConfig,
  { out }: RunOptions,
  { dataset, split, classes, balance }: RunData,
  labeled: number | null,
  { name, version, device }: StartedBackend,
  model: ModelSummary,
): Omit<RunPlan, 'transfer'> {
  const { train, validation, test } = split;
  return {
    task,
    out,
    backend: { name, version, device },
    data: {
      name: dataset.name,
      cases: dataset.cases.length,
      train: train.length,
      labeled,
      validation: validation.length,
      test: test.length,
      classes,
    },
    crops: describeBalance(balance, classes),
    steps,
    model,
    memoryWarning: asked === null || asked === 'cpu' ? memoryWarning(model.memory) : null,
  };
}
