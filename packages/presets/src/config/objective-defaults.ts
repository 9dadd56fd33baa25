import type { Registries } from '@voxmim/core';
import { noAugmentation, twoViewAugmentation } from '@voxmim/volumes';
import * as z from 'zod';

import { PretrainConfig } from './pretrain-config.js';

const Transforms = z.record(z.string(), z.unknown());

/** The fields that what is done to crops depends on; what is wrong with them is said later. */
const Fields = z.looseObject({
  objective: PretrainConfig.shape.objective,
  crop: PretrainConfig.shape.crop,
  augmentation: Transforms.default({}),
  masking: z.unknown().optional(),
});

/**
 * Fills in what a pretraining does to crops where its config does not say: an objective that compares
 * two views hides nothing, and has each of them augmented, transform by transform and field by field.
 *
 * @param raw a config that has not been checked yet; where it is damaged, it is returned
 * @throws `UNKNOWN_COMPONENT` for an objective that is not registered
 */
export function withObjectiveDefaults(raw: unknown, { objectives }: Registries): unknown {
  const fields = Fields.safeParse(raw);
  if (!fields.success) return raw;
  const { objective, crop, augmentation, masking } = fields.data;
  const two = objectives.views(objective.name) === 2;
  const defaults = two ? twoViewAugmentation(crop) : noAugmentation;
  return {
    ...fields.data,
    masking: masking === undefined ? (two ? null : {}) : masking,
    augmentation: withDefaults(augmentation, defaults),
  };
}

function withDefaults(
  given: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, object>>,
): Record<string, unknown> {
  const filled = Object.entries(defaults).map(([name, fields]) => {
    const own = Transforms.safeParse(given[name] ?? {});
    return [name, own.success ? { ...fields, ...own.data } : given[name]] as const;
  });
  return { ...given, ...Object.fromEntries(filled) };
}
