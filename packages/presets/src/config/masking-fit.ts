import { VoxmimError, type MaskStrategy, type NamedConfig, type Registries } from '@voxmim/core';

/** The fields of a pretraining config that say what is hidden. */
export interface MaskedFields {
  readonly objective: NamedConfig;
  readonly masking: NamedConfig | null;
}

/**
 * Checks that something is hidden for an objective that predicts it, and nothing for one that
 * compares views.
 *
 * @throws `UNSUPPORTED_CAPABILITY` naming the objective
 */
export function checkMasking(
  { objective, masking }: MaskedFields,
  { objectives }: Pick<Registries, 'objectives'>,
  origin: string,
): void {
  if (objectives.views(objective.name) === 1) {
    if (masking === null) throw nothingHidden(objective, origin);
  } else if (masking !== null) {
    throw new VoxmimError(
      'UNSUPPORTED_CAPABILITY',
      `${origin}: masking.name: "${masking.name}" hides tokens, but objective "${objective.name}" compares two views and hides nothing.`,
      'Remove masking, or set it to null.',
      { component: objective.name, capability: 'masking' },
    );
  }
}

/**
 * Makes the strategy of a config whose objective is masked.
 *
 * @throws `UNSUPPORTED_CAPABILITY` where it has none, as an objective that does not say that it is
 *   masked can have it
 */
export function createMaskStrategy(
  { objective, masking }: MaskedFields,
  { masks }: Pick<Registries, 'masks'>,
): MaskStrategy {
  if (masking === null) throw nothingHidden(objective, 'config');
  return masks.create(masking, undefined);
}

function nothingHidden(
  { name }: NamedConfig,
  origin: string,
): VoxmimError<'UNSUPPORTED_CAPABILITY'> {
  return new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `${origin}: masking: null hides nothing, and objective "${name}" predicts what is hidden.`,
    'Name a mask strategy, such as random, or leave masking out.',
    { component: name, capability: 'masking' },
  );
}
