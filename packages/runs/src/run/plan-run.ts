import { registered, type ConfiguredTask, type Task } from '@voxmim/core';
import { RunFields, type FinetuneConfig, type PretrainConfig } from '@voxmim/presets';
import type { StartedBackend } from '@voxmim/runtime';
import { formatTransferTable } from '@voxmim/weights';

import { openRunData, type RunData } from '../batches/run-data.js';
import { memoryWarning } from '../model/memory-fit.js';
import { formatModelSummary, summarizeTask, type ModelSummary } from '../model/model-summary.js';
import { still } from '../model/still-random.js';
import { createRunRegistries } from '../tasks/built-in-tasks.js';
import { pretrainTask } from '../tasks/pretraining.js';
import { configureTask, withPlugins } from '../tasks/resolve-task.js';
import { segmentationTask } from '../tasks/segmentation.js';
import { transferFrom } from './pretrained-source.js';
import { RunFolder } from './run-folder.js';
import type { RunOptions } from './run-options.js';
import { backendOf, createTask, settled, type StartOptions } from './start-run.js';

/** What a run would do. */
export interface RunPlan {
  readonly task: string;
  readonly out: string;
  readonly backend: Pick<StartedBackend, 'name' | 'version' | 'device'>;
  readonly data: {
    readonly name: string;
    readonly cases: number;
    readonly train: number;
    /** Training cases whose labels are used; null where labels do not enter. */
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
  /** What would be taken from a pretrained encoder; null from scratch. */
  readonly transfer: string | null;
}

/**
 * Checks all that a run needs (config, data, one case read and prepared, output folder) and says what it would
 * do. Writes nothing.
 *
 * @throws what `runTask` would throw before its first step
 */
export async function planTask(begun: ConfiguredTask, options: StartOptions): Promise<RunPlan> {
  const { registries, monitor = {} } = options;
  await RunFolder.check(options.out, options);
  const opened = await openRunData(RunFields.parse(begun.fields), {
    ...{ monitor, readers: registries.readers },
    read: (source) => begun.read(source),
  });
  const [first] = opened.split.train;
  if (first !== undefined) await opened.store.prepare(first);
  const { configured, data } = await settled(begun, opened, monitor);
  const fields = RunFields.parse(configured.fields);
  const backend = await backendOf(fields, options);
  const task = createTask(configured, registries, () => still);
  try {
    const model = summarizeTask(fields, task, backend);
    const transfer = await plannedTransfer(task, fields);
    return { ...planOf({ fields, task, data, model }, options, backend), transfer };
  } finally {
    task.dispose();
  }
}

/** {@link planTask} of a pretraining. */
export async function planPretrain(
  config: PretrainConfig,
  { registries = createRunRegistries(), ...options }: RunOptions,
): Promise<RunPlan> {
  const raw = await withPlugins(config, registries, 'config');
  const configured = await configureTask(registered(pretrainTask), raw, { registries });
  return planTask(configured, { ...options, registries });
}

/** {@link planTask} of a fine-tuning. */
export async function planFinetune(
  config: FinetuneConfig,
  { registries = createRunRegistries(), ...options }: RunOptions,
): Promise<RunPlan> {
  const raw = await withPlugins(config, registries, 'config');
  const configured = await configureTask(registered(segmentationTask), raw, { registries });
  return planTask(configured, { ...options, registries });
}

/** Reads the pretrained encoder, so that one that is missing or does not fit shows now. */
async function plannedTransfer(
  { from, model, encoder }: Task,
  fields: RunFields,
): Promise<string | null> {
  if (!from) return null;
  return formatTransferTable(await transferFrom(from, { model, encoder, config: fields.encoder }));
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

/** What a plan is made of. */
interface PlannedParts {
  readonly fields: RunFields;
  readonly task: Task;
  readonly data: RunData;
  readonly model: ModelSummary;
}

function planOf(
  { fields, task, data: { dataset, split, classes }, model }: PlannedParts,
  { out }: RunOptions,
  { name, version, device }: StartedBackend,
): Omit<RunPlan, 'transfer'> {
  const { train, validation, test, labeled } = split;
  const asked = fields.device;
  return {
    task: fields.task,
    out,
    backend: { name, version, device },
    data: {
      name: dataset.name,
      cases: dataset.cases.length,
      train: train.length,
      labeled: labeled?.length ?? null,
      validation: validation.length,
      test: test.length,
      classes,
    },
    crops: task.cropsText?.() ?? 'anywhere',
    steps: fields.steps,
    model,
    memoryWarning: asked === null || asked === 'cpu' ? memoryWarning(model.memory) : null,
  };
}
