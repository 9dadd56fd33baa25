import { createRandom } from '@voxmim/core';
import type { CaseMetrics } from '@voxmim/evaluation';

import { StudyConfig } from '@voxmim/presets';
import { compareRuns, type StudyRun } from './comparison.js';
import type { ScoreInterval } from '@voxmim/report';
import { expandArms } from './expand-arms.js';
import { findingOf } from './finding.js';

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

it('pairs by case and seed, and shows each seed', () => {
  const [scratch, mae] = compareRuns(runs, 'nnunet', study).rows;
  expect(scratch).toMatchObject({ arm: 'scratch', seeds: 2, cases: 3, difference: null });
  expect(scratch?.score.mean).toBeCloseTo((0.6 + 0.6 + 0.5) / 3, 10);
  expect(mae).toMatchObject({ baseline: 'scratch', seeds: 2, cases: 3, finding: 'unclear' });
  expect(mae?.difference?.mean).toBeCloseTo((0.2 + 0.2 + 0.1) / 3, 10);
  expect(mae?.ofSeeds.map(({ seed }) => seed)).toEqual([0, 1]);
  expect(mae?.ofSeeds[0]?.difference).toBeCloseTo((0.3 + 0.1 + 0.2) / 3, 10);
  expect(mae?.classes).toMatchObject([{ name: 'organ' }]);
  expect(mae?.pairs[1]?.score).toBeCloseTo(0.8, 10);
});

it('counts steps to 95 % of the final smoothed score of the baseline', () => {
  // scratch ends at means of 0.2, 0.5, 0.4 and of 0.2, 0.5, 0.6: 0.4, of which 95 % is 0.38.
  const [scratch, mae] = compareRuns(runs, 'nnunet', study).rows;
  expect(scratch?.speed).toBeNull();
  expect(mae?.speed?.level).toBeCloseTo(0.38, 10);
  expect(mae?.speed).toMatchObject({ reached: [2, 2], baselineReached: [1, 2] });
  expect(mae?.speed?.steps).toBeCloseTo(10, 10);
  expect(mae?.speed?.baselineSteps).toBeCloseTo(30, 10);
});

it('leaves a curve that lacks a point out of the mean, and does not fill it', () => {
  const lacking = { ...run('scratch', 2, [0.5, 0.5, 0.5], [0.9, 0.9]) };
  const [scratch] = compareRuns([...runs, lacking], 'nnunet', study).rows;
  expect(scratch?.curve).toEqual([
    [10, 0.2, 0.2, 0.2],
    [20, 0.5, 0.5, 0.5],
    [30, 0.5, 0.4, 0.6],
  ]);
});

it('calls equal arms different in at most 1 of 20 simulated studies', () => {
  const noisy = (arm: string, repeat: number) =>
    [0, 1].flatMap((pretraining) => {
      const better = 0.01 * createRandom(repeat, `${arm} pretraining ${pretraining}`).normal();
      return [0, 1, 2, 3, 4].map((seed) => {
        const random = createRandom(repeat, `${arm} ${pretraining} ${seed}`);
        const luck = better + 0.02 * random.normal();
        const dice = Array.from({ length: 20 }, () => 0.7 + luck + 0.05 * random.normal());
        return { ...run(arm, seed, dice, []), pretraining };
      });
    });

  const findings = Array.from({ length: 20 }, (_, repeat) => {
    const both = [...noisy('scratch', repeat), ...noisy('mae', repeat)];
    return compareRuns(both, 'nnunet', study).rows[1]?.finding;
  });

  expect(findings.filter((finding) => finding !== 'unclear').length).toBeLessThanOrEqual(1);
}, 180_000);

describe('findingOf', () => {
  const above = { mean: 0.2, low: 0.1, high: 0.3 };
  const below = { mean: -0.2, low: -0.3, high: -0.1 };
  const unsure = { mean: 0.1, low: -0.1, high: 0.3 };
  const pretrainings = (...all: ScoreInterval[]) =>
    all.map((difference, pretraining) => ({ pretraining, difference }));

  it.each([
    ['a gain', above, [above, above], 5, 'gain', null],
    ['a loss', below, [below], 5, 'loss', null],
    ['nothing where the interval holds 0', unsure, [], 5, 'unclear', null],
    ['nothing from one seed', above, [], 1, 'unclear', 'oneSeed'],
    ['nothing that one pretraining makes', above, [above, unsure], 5, 'unclear', 'pretraining'],
  ] as const)('shows %s', (_, interval, each, seeds, finding, doubt) => {
    expect(findingOf(interval, pretrainings(...each), seeds)).toEqual({ finding, doubt });
  });
});
