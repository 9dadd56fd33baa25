import type { CaseMetrics } from '@voxmim/evaluation';

import { StudyConfig } from '@voxmim/presets';
import { compareRuns, type StudyRun } from './comparison.js';
import { expandArms } from './expand-arms.js';

const metrics = (id: string, dice: number): CaseMetrics => ({
  id,
  classes: [
    {
      name: 'organ',
      predictedVoxels: 10,
      truthVoxels: 10,
      dice,
      iou: dice,
      hd: 1,
      hd95: 1,
      assd: 1,
      nsd: 1,
      volumeDifferenceMl: 0,
      relativeVolumeDifference: 0,
    },
  ],
});

const run = (arm: string, seed: number, dice: number[], scores: number[]): StudyRun => ({
  arm,
  labels: 4,
  ...{ budget: '', pretraining: null, source: null, folder: '' },
  seed,
  cases: dice.map((value, index) => metrics(`case_${index}`, value)),
  curve: scores.map((score, index) => ({ step: 10 * (index + 1), score })),
});

const runs = [
  run('scratch', 0, [0.5, 0.6, 0.4], [0.2, 0.5, 0.4]),
  run('scratch', 1, [0.7, 0.6, 0.6], [0.2, 0.5, 0.6]),
  run('mae', 0, [0.8, 0.7, 0.6], [0.5, 0.7, 0.8]),
  run('mae', 1, [0.8, 0.9, 0.6], [0.5, 0.7, 0.8]),
];

const armsOf = (config: StudyConfig) =>
  expandArms(config).map((arm) => ({ ...arm, pretrain: null, budgets: [] }));
const config = StudyConfig.parse({ pretrain: {}, labels: [4] });
const study = { config, arms: armsOf(config) };

it('pairs by case after averaging over seeds', () => {
  const [scratch, mae] = compareRuns(runs, 'nnunet', study).rows;
  expect(scratch).toMatchObject({ arm: 'scratch', seeds: 2, cases: 3, difference: null });
  expect(scratch?.score.mean).toBeCloseTo((0.6 + 0.6 + 0.5) / 3, 10);
  expect(mae?.difference?.mean).toBeCloseTo((0.2 + 0.2 + 0.1) / 3, 10);
  expect(mae?.pValue).toBeGreaterThan(0);
});

it('reads the steps to the same Dice from curves averaged over seeds', () => {
  // scratch: 0.2, 0.5, 0.5: its best, 0.5, comes at step 20; mae has it at step 10.
  const [, mae] = compareRuns(runs, 'nnunet', study).rows;
  expect(mae?.convergence).toEqual({ target: 0.5, steps: 10, baselineSteps: 20 });
});
