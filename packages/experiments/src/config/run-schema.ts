import { z } from 'zod';

import type { Registries } from '../registries.js';
import { componentSchema } from './component-schema.js';
import { FinetuneConfig } from './finetune-config.js';
import { PretrainConfig } from './pretrain-config.js';

/** The two kinds of training run. */
export type Task = 'pretrain' | 'finetune';

/** {@link PretrainConfig} with every registered component spelled out: for editors and overrides. */
export function pretrainSchema({ encoders, masks, objectives }: Registries): z.ZodObject {
  return PretrainConfig.extend({
    encoder: componentSchema(encoders, 'vit').describe('The backbone.'),
    masking: componentSchema(masks, 'random').describe('What is hidden.'),
    objective: componentSchema(objectives, 'mae').describe('What is learned.'),
  });
}

/** {@link FinetuneConfig} with every registered component spelled out. */
export function finetuneSchema({ encoders, heads }: Registries): z.ZodObject {
  return FinetuneConfig.extend({
    encoder: componentSchema(encoders, 'vit').describe('The backbone.'),
    head: componentSchema(heads, 'unetr').describe('The segmentation head.'),
  });
}

/** The JSON Schema of a run config file, for editors (the YAML language server) and tools. */
export function runJsonSchema(task: Task, registries: Registries): z.core.JSONSchema.BaseSchema {
  const schema = task === 'pretrain' ? pretrainSchema(registries) : finetuneSchema(registries);
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
