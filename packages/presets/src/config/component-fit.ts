import {
  isVoxmimError,
  type NamedConfig,
  type Registry,
  type Shape3,
  tile,
  volumeOf,
  VoxmimError,
  type Registries,
} from '@voxmim/core';
import type { ScheduleConfig } from '@voxmim/training';

import type { FreezeConfig } from './finetune-config.js';

/**
 * Checks that an encoder can do what an objective or head asks of it, where both tell.
 *
 * @throws `UNSUPPORTED_CAPABILITY` naming both and the encoders that can
 */
export function checkCapabilities<Context, Component>(
  encoders: Registries['encoders'],
  { name: encoder }: NamedConfig,
  above: Registry<Context, Component>,
  { name }: NamedConfig,
  origin: string,
): void {
  const offered = encoders.offers(encoder);
  const capability = above.needs(name).find((need) => offered?.includes(need) === false);
  if (capability === undefined) return;
  const able = encoders.names().filter((other) => encoders.offers(other)?.includes(capability));
  throw new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `${origin}: ${above.kind}.name: "${name}" needs ${capability}, which encoder "${encoder}" does not have.`,
    `Choose another ${above.kind}, or an encoder that has it: ${able.join(', ') || 'none is registered'}.`,
    { component: encoder, capability },
  );
}

/** The fields of a run config that must fit one another. */
export interface FittedFields {
  readonly crop: Shape3;
  readonly inChannels: number;
  readonly batchSize: number;
  readonly encoder: NamedConfig;
  readonly steps: number;
  readonly schedule: Pick<ScheduleConfig, 'warmupSteps' | 'lead'>;
}

/** @throws `INVALID_CONFIG` when the warm-up is longer than the run */
export function checkSchedule(
  { steps, schedule }: Pick<FittedFields, 'steps' | 'schedule'>,
  origin: string,
): void {
  // A warm-up below 1 is a share of what the lead leaves, which always fits.
  const warmup = schedule.warmupSteps < 1 ? 0 : schedule.warmupSteps;
  const leading = warmup + (schedule.lead?.steps ?? 0);
  if (leading <= steps) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: schedule.warmupSteps${schedule.lead ? ' and schedule.lead.steps' : ''}: ${leading} is more than the ${steps} of "steps".`,
    'Shorten the warm-up (a number below 1 is a share of the steps) or lengthen the run.',
    { path: 'schedule.warmupSteps', received: schedule.warmupSteps },
  );
}

/** The most numbers of a batch: 2 GiB of them, before a network sees any. */
const MOST_NUMBERS = 2 ** 29;

/** @throws `INVALID_CONFIG` when a batch of crops is out of reach */
export function checkBatch({ crop, inChannels, batchSize }: FittedFields, origin: string): void {
  const numbers = volumeOf(crop) * inChannels * batchSize;
  if (numbers <= MOST_NUMBERS) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: batchSize: ${batchSize} crops of [${crop.join(', ')}] voxels take ${Math.ceil(numbers / 2 ** 28)} GiB; more than 2 are refused.`,
    'Lower batchSize (optimizer.accumulate keeps the batch) or crop.',
    { path: 'batchSize', received: batchSize },
  );
}

/** The fields of a fine-tuning config that say when the encoder is trained. */
export interface StagedFields {
  readonly steps: number;
  readonly freeze: FreezeConfig;
}

/** @throws `INVALID_CONFIG` when the encoder would be unfrozen after the last step */
export function checkFreeze({ steps, freeze }: StagedFields, origin: string): void {
  const { encoder } = freeze;
  if (typeof encoder !== 'number' || encoder < steps) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: freeze.encoder: ${encoder} steps are not fewer than the ${steps} of "steps".`,
    'Freeze it for fewer steps, or for the whole run with true.',
    { path: 'freeze.encoder', received: encoder },
  );
}

/** The fields of a pretraining config that say what a view is told from. */
export interface ContrastedFields {
  readonly batchSize: number;
  readonly objective: NamedConfig;
}

/**
 * Checks that a contrastive objective with a memory bank, used or not, has something to contrast.
 *
 * @throws `INVALID_CONFIG` for a batch of one volume and an empty bank
 */
export function checkNegatives({ batchSize, objective }: ContrastedFields, origin: string): void {
  if (batchSize > 1 || objective['memoryBank'] !== 0) return;
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: batchSize: with 1 volume and no memory bank, "${objective.name}" has nothing to tell a view from.`,
    'Set batchSize to 2 or more, or objective.memoryBank to some dozens.',
    { path: 'batchSize', received: batchSize },
  );
}

/**
 * Checks what can be checked without building a model: that the token size, where the encoder has
 * one, divides the crop.
 *
 * @throws `INVALID_CONFIG` naming both fields
 */
export function checkCrop(
  { crop, encoder }: Pick<FittedFields, 'crop' | 'encoder'>,
  origin: string,
): void {
  const patchSize = shapeIn(encoder, 'patchSize');
  if (patchSize === undefined) return;
  try {
    tile(crop, patchSize);
  } catch (error) {
    if (!isVoxmimError(error, 'SHAPE_MISMATCH')) throw error;
    throw new VoxmimError(
      'INVALID_CONFIG',
      `${origin}: crop: [${crop.join(', ')}] is not divisible by encoder.patchSize [${patchSize.join(', ')}].`,
      `Choose a crop such as [${nearestCrop(crop, patchSize).join(', ')}], or another token size.`,
      { path: 'crop', received: crop },
      { cause: error },
    );
  }
}

function shapeIn(config: NamedConfig, field: string): Shape3 | undefined {
  const value = config[field];
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [depth, height, width] = value.map(Number);
  return [depth ?? 1, height ?? 1, width ?? 1];
}

function nearestCrop(crop: Shape3, unit: Shape3): number[] {
  return crop.map((extent, axis) => {
    const size = unit[axis] ?? 1;
    return Math.max(1, Math.round(extent / size)) * size;
  });
}
