import {
  parseConfig,
  type FieldsOf,
  type RegisteredTask,
  type Registries,
  type RunConfig,
  type TaskFields,
  type TaskParsing,
  type TunedConfig,
} from '@voxmim/core';
import { AugmentationConfig } from '@voxmim/volumes';
import * as z from 'zod';

import { checkCrop, checkFreeze, checkSchedule } from './component-fit.js';
import { componentSchema } from './component-schema.js';
import { StrategyConfig, withStrategy } from './fine-tuning-strategy.js';
import { FreezeConfig, InitializationConfig } from './finetune-config.js';
import { LabelsConfig } from './labels-config.js';
import { runFields } from './run-fields.js';

/** The fields that every training run has, whatever its task. */
export const RunFields = z.object({ task: z.string(), ...runFields });
export type RunFields = z.infer<typeof RunFields>;

/** Of tasks that learn from labels over an encoder that may be pretrained. */
const tunedFields = {
  from: InitializationConfig.nullable()
    .default(null)
    .describe('Where the encoder comes from; null: from scratch.'),
  strategy: StrategyConfig,
  freeze: FreezeConfig.prefault({}).describe('What is left as it is, and for how long.'),
  labels: LabelsConfig.prefault({}).describe('How many of the training labels are used.'),
  augmentation: AugmentationConfig.prefault({}).describe('Done to each crop anew.'),
} satisfies FieldsOf<TunedConfig> & Record<string, z.ZodType>;

/** What the schema of a task is made of. */
export function taskFields(task: string, registries: Registries): TaskFields {
  const word = z.literal(task).default(task).describe('What this file configures.');
  return { registries, run: { task: word, ...runFields }, tuned: tunedFields };
}

/** The schema of a task's config with every encoder spelled out: for editors and overrides. */
export function taskSchema(task: RegisteredTask, registries: Registries): z.ZodObject {
  const encoder = componentSchema(registries.encoders, 'vit').describe('The backbone.');
  return task.schema(taskFields(task.name, registries)).extend({ encoder });
}

/** What a task checks a config with. @param origin leads messages */
export function taskParsing(task: string, registries: Registries, origin: string): TaskParsing {
  return {
    ...taskFields(task, registries),
    origin,
    parse: (schema, raw) => parseRun(schema, raw, registries, origin),
  };
}

function parseRun<Config extends RunConfig>(
  schema: z.ZodType<Config>,
  raw: unknown,
  { encoders }: Registries,
  origin: string,
): Config {
  const config = parseConfig(schema, withStrategy(raw), origin);
  const checked = { ...config, encoder: encoders.parse(config.encoder) };
  const { schedule } = RunFields.parse(config);
  checkCrop(checked, origin);
  checkSchedule({ ...checked, schedule }, origin);
  const staged = z.looseObject({ freeze: FreezeConfig }).safeParse(config);
  if (staged.success) checkFreeze({ ...checked, freeze: staged.data.freeze }, origin);
  return checked;
}
