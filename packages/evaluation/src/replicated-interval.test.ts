import { createRandom, type Random } from '@voxmim/core';

import { replicatedInterval, type ReplicatedScores } from './replicated-interval.js';
import { studentQuantile } from './student-distribution.js';

/** Spreads of what is drawn: by pretraining, seed, case, run, and of single scores. */
interface Noise {
  readonly pretraining?: number;
  readonly seed?: number;
  readonly case?: number;
  readonly run?: number;
}

function drawn(random: Random, [p, s, c]: readonly number[], noise: Noise): ReplicatedScores {
  const list = (count = 0, spread = 0) =>
    Array.from({ length: count }, () => spread * random.normal());
  const [ofSeed, ofCase] = [list(s, noise.seed), list(c, noise.case)];
  return list(p, noise.pretraining).map((first) =>
    ofSeed.map((second) => {
      const third = (noise.run ?? 0) * random.normal();
      return ofCase.map((fourth) => first + second + third + fourth + 0.03 * random.normal());
    }),
  );
}

it('is the interval of the mean of what varies, worked by hand', () => {
  // Two cases, 0 and 2: the variance of their mean is 2 / 2 = 1, Student's quantile is 12.706; percentiles of so few reach less far than the normal ones.
  const { mean, low, high } = replicatedInterval([[[0, 2]]]);
  expect(mean).toBe(1);
  expect(high - low).toBeGreaterThan(15);
  // Three seeds of one case: 1, 2, 3: variance 1 / 3, quantile 4.303.
  const seeds = replicatedInterval([[[1], [2], [3]]], { resamples: 20_000 });
  expect(seeds.mean).toBe(2);
  expect((seeds.high - seeds.low) / 2 / 4.303 / Math.sqrt(1 / 3)).toBeCloseTo(1, 0);
});

it('is a point for what does not vary, and leaves out what is missing', () => {
  expect(replicatedInterval([[[0.5]]])).toEqual({ mean: 0.5, low: 0.5, high: 0.5 });
  expect(
    replicatedInterval([
      [
        [1, NaN],
        [1, 1],
      ],
    ]).mean,
  ).toBe(1);
  expect(
    replicatedInterval([
      [
        [1, NaN],
        [1, 4],
      ],
    ]).mean,
  ).toBe(2);
});

it.each([
  ['two seeds', [1, 2, 40], { seed: 0.02, case: 0.005 }],
  ['three seeds', [1, 3, 40], { seed: 0.02, case: 0.005 }],
  ['five seeds and ten cases', [1, 5, 10], { seed: 0.01, case: 0.03 }],
  ['two pretrainings', [2, 5, 40], { pretraining: 0.01, seed: 0.02, case: 0.01, run: 0.005 }],
  ['three pretrainings', [3, 5, 40], { pretraining: 0.01, seed: 0.01, case: 0.01, run: 0.01 }],
] as const)(
  'tells two equal arms apart in at most about 5 %% of studies of %s',
  (_, sizes, noise) => {
    const studies = 200;
    const told = Array.from({ length: studies }, (__, seed) => {
      const scores = drawn(createRandom(seed, 'study'), sizes, noise);
      const { low, high } = replicatedInterval(scores, { resamples: 100, seed });
      return low > 0 || high < 0;
    }).filter(Boolean).length;
    // 5 % and two standard errors of 200 studies.
    expect(told / studies).toBeLessThan(0.085);
  },
);

it('still sees an effect as large as the noise of a seed, with five of them', () => {
  const seen = Array.from({ length: 100 }, (_, seed) => {
    const scores = drawn(createRandom(seed, 'effect'), [2, 5, 40], { seed: 0.01, case: 0.01 });
    const shifted = scores.map((seeds) => seeds.map((cases) => cases.map((value) => value + 0.03)));
    return replicatedInterval(shifted, { resamples: 100 }).low > 0;
  }).filter(Boolean).length;
  expect(seen).toBeGreaterThan(75);
});

it.each([
  [1, 12.7062],
  [2, 4.30265],
  [4, 2.77645],
  [7, 2.36462],
  [39, 2.02269],
])('has the quantile of Student’s distribution for %i degrees of freedom', (freedom, value) => {
  expect(studentQuantile(0.975, freedom)).toBeCloseTo(value, 4);
});
