import type { Registries } from '@voxmim/core';
import * as z from 'zod';

import { componentSchema } from './component-schema.js';
import { FinetuneConfig } from './finetune-config.js';
import { PretrainConfig } from './pretrain-config.js';
import { StudyConfig } from './study-config.js';

/** {@link PretrainConfig} with every registered component spelled out: for editors and overrides. */
export function pretrainSchema({ encoders, masks, objectives }: Registries): z.ZodObject {
  return PretrainConfig.extend({
    encoder: componentSchema(encoders, 'vit').describe('The backbone.'),
    masking: componentSchema(masks, 'random')
      .nullable()
      .describe('What is hidden; null, the default of contrastive objectives: nothing.'),
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

/** {@link StudyConfig} likewise; what its fine-tuning lacks may come from an arm or the pretraining. */
export function studySchema(registries: Registries): z.ZodObject {
  const { pretrain, finetune } = StudyConfig.shape;
  return StudyConfig.extend({
    pretrain: pretrainSchema(registries)
      .partial()
      .nullable()
      .default(null)
      .describe(pretrain.description ?? ''),
    finetune: finetuneSchema(registries)
      .partial()
      .prefault({})
      .describe(finetune.description ?? ''),
  });
}

/** A schema of a run config file as JSON Schema, for editors (the YAML language server) and tools. */
export function runJsonSchema(schema: z.ZodObject): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
