import { evaluationLine } from './evaluation-line.js';

const masked = {
  loss: 0.55664,
  'hiddenError/model': 0.55662,
  'hiddenError/visibleMean': 0.8778,
  'hiddenError/inpainting': 0.1862,
  'hiddenError/atlas': 0.5521,
  'ablation/shuffledTokens': 0.0019,
  'levelRms/1': 3.7586,
  effectiveRank: 8.6449,
  'linearProbe/encoder': 0.0455,
  'linearProbe/untrained': -0.0017,
};

it('says of a masked pretraining how it stands against the best guess, no number twice', () => {
  expect(evaluationLine(1200, masked, false)).toBe(
    'step 1,200: error 0.557 on what is hidden (interpolation 0.186), linear probe 0.045 (untrained -0.002)',
  );
  const { effectiveRank: _, ...few } = masked;
  expect(evaluationLine(5, { ...few, loss: 0.9 }, true)).toBe(
    'step 5: error 0.557 on what is hidden (interpolation 0.186), loss 0.900 – best so far',
  );
});

it('says of views how many partners were found', () => {
  const metrics = { loss: 1.5, 'top1/model': 0.34, 'top1/chance': 0.03, effectiveRank: 20, 'similarity/sameCase': 0.9 }; // prettier-ignore
  expect(evaluationLine(8, metrics, false)).toBe(
    'step 8: loss 1.500, 34 % of partners found (chance 3 %), 20.0 directions in use',
  );
});

it('says what it knows of a fine-tuning, and metrics of other tasks by their names', () => {
  expect(evaluationLine(50, { dice: 0.48334 }, true)).toBe(
    'step 50: mean Dice 0.483 – best so far',
  );
  expect(evaluationLine(50, { balancedAccuracy: 0.5 }, false)).toBe(
    'step 50: balanced accuracy 0.500',
  );
});

it('stays within 110 columns', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`metric${index}`, 1]));
  expect(evaluationLine(1_000_000, { ...masked, ...many }, true).length).toBeLessThanOrEqual(110);
});
