import { z } from 'zod';

const dice = {
  includeBackground: z
    .boolean()
    .default(true)
    .describe('Whether class 0 counts; always counts where classes are regions.'),
  squaredPred: z
    .boolean()
    .default(false)
    .describe('Square the probabilities in the denominator (V-Net).'),
  batch: z
    .boolean()
    .default(false)
    .describe('One Dice per class over the whole batch (nnU-Net) instead of one per sample.'),
  smoothNumerator: z.number().nonnegative().default(1e-5).describe("MONAI's smooth_nr."),
  smoothDenominator: z.number().nonnegative().default(1e-5).describe("MONAI's smooth_dr."),
};

/** Soft Dice: one minus the mean over samples and classes. */
export const DiceConfig = z.strictObject({ name: z.literal('dice'), ...dice });
export type DiceConfig = z.infer<typeof DiceConfig>;

/** Cross-entropy over voxels; for regions, binary cross-entropy over voxels and regions. */
export const CrossEntropyConfig = z.strictObject({ name: z.literal('crossEntropy') });
export type CrossEntropyConfig = z.infer<typeof CrossEntropyConfig>;

/** The weighted sum of both. */
export const DiceCrossEntropyConfig = z.strictObject({
  name: z.literal('diceCrossEntropy'),
  ...dice,
  diceWeight: z.number().nonnegative().default(1).describe('Weight of the Dice term.'),
  crossEntropyWeight: z.number().nonnegative().default(1).describe('Weight of cross-entropy.'),
});
export type DiceCrossEntropyConfig = z.infer<typeof DiceCrossEntropyConfig>;

/** Which loss a segmentation trains with, chosen by `name`; Dice with cross-entropy by default. */
export const SegmentationLossConfig = z
  .discriminatedUnion('name', [DiceCrossEntropyConfig, DiceConfig, CrossEntropyConfig])
  .prefault({ name: 'diceCrossEntropy' });
export type SegmentationLossConfig = z.infer<typeof SegmentationLossConfig>;
