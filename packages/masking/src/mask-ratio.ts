import * as z from 'zod';

const share = z.number().gt(0).lt(1);

/** The share of tokens that a strategy hides, in a config. */
export const maskRatio = z
  .union([
    share,
    z.strictObject({
      start: share.describe('Share hidden when training starts.'),
      end: share.describe('Share hidden when it ends; in validation from the first.'),
    }),
  ])
  .describe(
    'Share of tokens hidden from the encoder, between 0 and 1; { start, end } changes it evenly over ' +
      'the run. All samples of a step hide the same number; an engine that compiles its steps does so ' +
      'anew for every number.',
  );
export type MaskRatio = z.infer<typeof maskRatio>;

/** The share at a point of the training, 0 to 1. */
export function ratioAt(ratio: MaskRatio, progress: number): number {
  if (typeof ratio === 'number') return ratio;
  return ratio.start + (ratio.end - ratio.start) * progress;
}
