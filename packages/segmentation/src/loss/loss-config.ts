import * as z from 'zod';

const overlap = {
  includeBackground: z
    .boolean()
    .default(true)
    .describe('Whether class 0 counts; every class counts where classes are regions.'),
  batch: z
    .boolean()
    .default(false)
    .describe('One score per class over the whole batch (nnU-Net) instead of one per sample.'),
  smoothNumerator: z.number().nonnegative().default(1e-5).describe("MONAI's smooth_nr."),
  smoothDenominator: z.number().nonnegative().default(1e-5).describe("MONAI's smooth_dr."),
};
const dice = {
  ...overlap,
  squaredPred: z
    .boolean()
    .default(false)
    .describe('Square the probabilities in the denominator (V-Net).'),
};
const weight = (term: string) =>
  z.number().nonnegative().default(1).describe(`Weight of the ${term} term.`);

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
  diceWeight: weight('Dice'),
  crossEntropyWeight: weight('cross-entropy'),
});
export type DiceCrossEntropyConfig = z.infer<typeof DiceCrossEntropyConfig>;

/** Dice and focal loss; the latter looks at all classes and averages over voxels and classes. */
export const DiceFocalConfig = z.strictObject({
  name: z.literal('diceFocal'),
  ...dice,
  gamma: z.number().nonnegative().default(2).describe('How much easy voxels fade.'),
  diceWeight: weight('Dice'),
  focalWeight: weight('focal'),
});
export type DiceFocalConfig = z.infer<typeof DiceFocalConfig>;

/** Dice summed over classes, each weighed by its size. Source: arXiv:1707.03237. */
export const GeneralizedDiceConfig = z.strictObject({
  name: z.literal('generalizedDice'),
  ...overlap,
  weighting: z
    .enum(['square', 'simple', 'uniform'])
    .default('square')
    .describe('Weigh a class by one over its squared size, by one over its size, or equally.'),
});
export type GeneralizedDiceConfig = z.infer<typeof GeneralizedDiceConfig>;

/** Dice with a price of its own for each kind of error. Source: arXiv:1706.05721. */
export const TverskyConfig = z.strictObject({
  name: z.literal('tversky'),
  ...overlap,
  falsePositiveWeight: z.number().nonnegative().default(0.5).describe("Tversky's alpha."),
  falseNegativeWeight: z.number().nonnegative().default(0.5).describe("Tversky's beta."),
});
export type TverskyConfig = z.infer<typeof TverskyConfig>;

/** Which loss a segmentation trains with, chosen by `name`; Dice with cross-entropy by default. */
export const SegmentationLossConfig = z
  .discriminatedUnion('name', [
    DiceCrossEntropyConfig,
    DiceConfig,
    CrossEntropyConfig,
    DiceFocalConfig,
    GeneralizedDiceConfig,
    TverskyConfig,
  ])
  .prefault({ name: 'diceCrossEntropy' });
export type SegmentationLossConfig = z.infer<typeof SegmentationLossConfig>;
