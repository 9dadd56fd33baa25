import {
  VoxmimError,
  volumeOf,
  type MaskContext,
  type MaskStrategy,
  type Shape3,
  type TokenMask,
} from '@voxmim/core';

/**
 * Draws the mask of a batch, one context per sample. All contexts must have one grid shape.
 *
 * @throws `SHAPE_MISMATCH` when the strategy returns flags of another length, or hides another
 *   number of tokens in one sample than in the first
 */
export function sampleMask(strategy: MaskStrategy, contexts: readonly MaskContext[]): TokenMask {
  const flags = contexts.map((context) => strategy.sample(context));
  return tokenMaskFromFlags(flags, contexts[0]?.gridShape ?? [0, 0, 0]);
}

/**
 * Builds a {@link TokenMask} from the hidden flags of each sample.
 *
 * @param flags one `[L]` array per sample; anything but 0 is hidden
 * @throws `SHAPE_MISMATCH` when lengths or counts differ, or all or none is hidden
 */
export function tokenMaskFromFlags(flags: readonly Uint8Array[], gridShape: Shape3): TokenMask {
  const tokens = volumeOf(gridShape);
  const hiddenCount = flags[0] ? countHidden(flags[0]) : 0;
  flags.forEach((sample, index) => checkSample(sample, index, tokens, hiddenCount));
  const ids = (wanted: boolean) =>
    Int32Array.from(
      flags.flatMap((sample) => [...sample.keys()].filter((id) => (sample[id] !== 0) === wanted)),
    );
  return {
    batchSize: flags.length,
    gridShape,
    hidden: Uint8Array.from(flags.flatMap((sample) => Array.from(sample, (flag) => +(flag !== 0)))),
    visibleIds: ids(false),
    hiddenIds: ids(true),
  };
}

function checkSample(sample: Uint8Array, index: number, tokens: number, hiddenCount: number): void {
  const hidden = countHidden(sample);
  if (sample.length !== tokens) {
    throw new VoxmimError(
      'SHAPE_MISMATCH',
      `The mask of sample ${index} has ${sample.length} flags for ${tokens} tokens.`,
      'Return one flag per token of gridShape.',
      { expected: `${tokens} flags`, received: [sample.length] },
    );
  }
  if (hidden !== hiddenCount || hidden === 0 || hidden === tokens) {
    throw new VoxmimError(
      'SHAPE_MISMATCH',
      `Sample ${index} hides ${hidden} of ${tokens} tokens; sample 0 hides ${hiddenCount}.`,
      'Hide some but not all tokens, and as many in every sample of a batch.',
      { expected: `${hiddenCount} hidden tokens, between 1 and ${tokens - 1}`, received: [hidden] },
    );
  }
}

function countHidden(flags: Uint8Array): number {
  return flags.reduce((count, flag) => count + (flag === 0 ? 0 : 1), 0);
}
