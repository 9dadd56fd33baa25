import type { Comparison, ComparisonRow } from './comparison-content.js';
import { concludeComparison } from './conclude-comparison.js';

const row: ComparisonRow = {
  ...{ labels: 5, arm: 'scratch', budget: '', baseline: null, diagnostic: null, at: {} },
  score: { mean: 0.61, low: 0.58, high: 0.64 },
  ...{ cases: 40, seeds: 3, pretrainings: 0, difference: null, finding: null, doubt: null },
  ...{
    ofPretrainings: [],
    ofSeeds: [],
    classes: [],
    speed: null,
    area: null,
    curve: [],
    pairs: [],
  },
};

const pretrained: ComparisonRow = {
  ...{ ...row, arm: 'MAE', baseline: 'scratch', pretrainings: 2, finding: 'gain' },
  difference: { mean: 0.088, low: 0.05, high: 0.12 },
  classes: [
    {
      ...{ name: 'organ', score: 0.5, baseline: 0.6, finding: 'loss' },
      difference: { mean: -0.1, low: -0.2, high: -0.05 },
    },
  ],
  speed: {
    ...{ level: 0.58, steps: 300, baselineSteps: 900, reached: [6, 6], baselineReached: [2, 3] },
    speedUp: { mean: 3, low: 2, high: 4 },
  },
};

const comparison: Omit<Comparison, 'rows'> = {
  ...{ metric: 'Dice', baseline: 'scratch', confidence: 0.95, note: '' },
};

describe('concludeComparison', () => {
  const concluded = (change: Partial<ComparisonRow>) =>
    concludeComparison({ ...comparison, rows: [row, { ...pretrained, classes: [], ...change }] });

  it('says a gain with its interval, seeds, pretrainings, cases and speed', () => {
    expect(concluded({})).toBe(
      'With 5 labeled volumes, MAE is 0.088 Dice above scratch (95 % interval +0.050 to +0.120; 3 seeds, ' +
        '2 pretrainings, 40 cases). MAE needed 300 steps in place of 900 to 95 % of the final score of scratch: ' +
        '3.00 times as fast (interval 2.00 to 4.00; 6 of 6 runs arrived, of scratch 2 of 3).\n' +
        '1 clear gain and 0 clear losses in 1 comparison.',
    );
  });

  it('calls a loss a loss, and names what got worse', () => {
    const difference = { mean: -0.1, low: -0.2, high: -0.05 };
    const text = concluded({ difference, finding: 'loss', classes: pretrained.classes });
    expect(text).toContain('MAE is 0.100 Dice below scratch');
    expect(text).toContain('Worse: organ (−0.100).');
    expect(text).toContain('No gain: 1 clear loss in 1 comparison.');
  });

  it('claims nothing where it is unclear, and says why', () => {
    const unclear = concluded({ finding: 'unclear', doubt: 'oneSeed' });
    expect(unclear).toContain('show no clear difference in Dice');
    expect(unclear).toContain('one seed cannot tell an effect from the luck of a run');
    const ofPretrainings = [0.01, -0.02].map((mean, pretraining) => ({
      ...{ pretraining, difference: { mean, low: mean, high: mean } },
    }));
    expect(concluded({ finding: 'unclear', doubt: 'pretraining', ofPretrainings })).toContain(
      'but not each alone: +0.010, −0.020.',
    );
  });

  it('says what an arm shows that is there to judge the others by', () => {
    const text = concluded({ arm: 'identity', diagnostic: 'identity', difference: row.score });
    expect(text).toContain('identity, without an encoder');
    expect(text).not.toContain('clear');
  });
});
