import { VoxmimError } from '@voxmim/core';
import type { ClassBalance, CropBalance } from '@voxmim/volumes';

import type { FinetuneConfig } from '@voxmim/presets';

/** The fields that say where crops lie; pretraining has none. */
export type CropFields = Partial<Pick<FinetuneConfig, 'crops' | 'positiveShare' | 'classRatios'>>;

/**
 * How often crops are centered on what; null: they lie anywhere.
 *
 * @param classes class names, background first
 * @throws `INVALID_CONFIG` for ratios that are not one for each class, or of crops that are not by class
 */
export function cropBalanceOf(
  { crops = 'uniform', positiveShare = 0.5, classRatios }: CropFields,
  classes: readonly string[],
): CropBalance | ClassBalance | null {
  if (classRatios && crops !== 'classBalanced') {
    throw invalid(
      `classRatios are of crops: classBalanced, but crops are ${crops}.`,
      'Set crops to classBalanced, or leave classRatios out.',
      classRatios,
    );
  }
  if (classRatios && classRatios.length !== classes.length) {
    throw invalid(
      `classRatios: ${classRatios.length} numbers for ${classes.length} classes (${classes.join(', ')}).`,
      'Give one for each class, background first.',
      classRatios,
    );
  }
  if (crops === 'uniform') return null;
  if (crops === 'balanced') return { positive: positiveShare, negative: 1 - positiveShare };
  return classRatios ? { ratios: classRatios } : {};
}

/** What {@link cropBalanceOf} gives, in words. */
export function describeBalance(
  balance: CropBalance | ClassBalance | null,
  classes: readonly string[],
): string {
  if (balance === null) return 'anywhere';
  if ('positive' in balance) {
    return `${Math.round(balance.positive * 100)} % centered on a labeled voxel, the rest on background`;
  }
  if (!balance.ratios) return 'centered on each class alike';
  const shares = balance.ratios.map((ratio, label) => `${classes[label] ?? label} ${ratio}`);
  return `centered on classes in the ratio ${shares.join(' : ')}`;
}

function invalid(
  message: string,
  remedy: string,
  received: readonly number[],
): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError('INVALID_CONFIG', message, remedy, { path: 'classRatios', received });
}
