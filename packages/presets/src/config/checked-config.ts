import { parseConfig, type Registries } from '@voxmim/core';

import {
  checkBatch,
  checkCapabilities,
  checkCrop,
  checkFreeze,
  checkNegatives,
  checkSchedule,
  type FittedFields,
} from './component-fit.js';
import { withStrategy } from './fine-tuning-strategy.js';
import { FinetuneConfig } from './finetune-config.js';
import { checkMasking } from './masking-fit.js';
import { withObjectiveDefaults } from './objective-defaults.js';
import { PretrainConfig } from './pretrain-config.js';

/**
 * Checks the fields of a pretraining config whole, with every component of `registries` and how they
 * fit, and fills in their defaults. Touches no data and no files.
 *
 * @param origin what the config is, such as its path; leads messages
 * @throws `INVALID_CONFIG`, `UNKNOWN_COMPONENT`, `UNSUPPORTED_CAPABILITY`
 */
export function checkedPretrain(
  input: unknown,
  registries: Registries,
  origin = 'config',
): PretrainConfig {
  const config = parseConfig(PretrainConfig, withObjectiveDefaults(input, registries), origin);
  const { encoders, objectives, masks } = registries;
  const checked = {
    ...config,
    encoder: encoders.parse(config.encoder),
    masking: config.masking && masks.parse(config.masking),
    objective: objectives.parse(config.objective),
  };
  checkFit(checked, origin);
  checkNegatives(checked, origin);
  checkMasking(checked, registries, origin);
  checkCapabilities(encoders, checked.encoder, objectives, checked.objective, origin);
  return checked;
}

/** Like {@link checkedPretrain}, for a fine-tuning config. */
export function checkedFinetune(
  input: unknown,
  registries: Registries,
  origin = 'config',
): FinetuneConfig {
  const config = parseConfig(FinetuneConfig, withStrategy(input), origin);
  const { encoders, heads } = registries;
  const checked = {
    ...config,
    encoder: encoders.parse(config.encoder),
    head: heads.parse(config.head),
  };
  checkFit(checked, origin);
  checkFreeze(checked, origin);
  checkCapabilities(encoders, checked.encoder, heads, checked.head, origin);
  return checked;
}

function checkFit(config: FittedFields, origin: string): void {
  checkCrop(config, origin);
  checkBatch(config, origin);
  checkSchedule(config, origin);
}
