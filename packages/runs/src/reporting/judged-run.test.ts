import { summarize, type CaseMetrics } from '@voxmim/evaluation';

import {
  casePlotOf,
  caseTableOf,
  concludeFinetuning,
  evaluationWarnings,
  pairedPlotOf,
  pairedTableOf,
} from '@voxmim/report';

import { SavedEvaluation } from '../judging/saved-evaluation.js';

const found = (name: string, dice: number, truthVoxels = 9) => ({
  ...{ name, dice, truthVoxels, predictedVoxels: dice > 0 ? 9 : 0, iou: dice, nsd: dice },
  ...{ hd: 5, hd95: dice > 0 ? 4 : Infinity, assd: 1 },
  ...{ volumeDifferenceMl: 0, relativeVolumeDifference: 0 },
});
const one = (id: string, liver: number, spleen: number): CaseMetrics => ({
  id,
  classes: [found('liver', liver), found('spleen', spleen)],
});

/** As it comes back from a file. */
function saved(cases: readonly CaseMetrics[], failed: readonly object[] = []): SavedEvaluation {
  const classes = ['background', 'liver', 'spleen'];
  const result = { classes, summary: summarize(cases), cases, failed };
  return SavedEvaluation.parse(JSON.parse(JSON.stringify(result)));
}

describe('concludeFinetuning', () => {
  it('says the mean with its interval, best and worst class, and what was never found', () => {
    const words = concludeFinetuning(saved([one('a', 0.8, 0), one('b', 0.6, 0)])).split('\n');

    expect(words[0]).toMatch(
      /^Mean Dice over classes is 0\.350 \(95 % interval .* on 2 test cases/,
    );
    expect(words.slice(1)).toEqual([
      'Best is liver (0.700), worst is spleen (0.000).',
      'It finds nothing of spleen in any case.',
    ]);
  });
});

describe('evaluationWarnings', () => {
  it('puts a class that was never found before a failed case and few cases', () => {
    const failed = [{ id: 'c', message: 'damaged' }];

    expect(evaluationWarnings(saved([one('a', 0.8, 0), one('b', 0, 0)], failed))).toEqual([
      'spleen was found in none of the 2 test cases that have it (Dice 0).',
      'Test case c is in no score: damaged',
      'liver was missed in 1 of the 2 test cases that have it.',
      'Only 2 test cases: intervals are wide, and other patients may fare otherwise.',
    ]);
  });

  it('says that a class is in no test case', () => {
    const cases = [{ id: 'a', classes: [found('liver', NaN, 0)] }];

    expect(evaluationWarnings(saved(cases))).toContain(
      'No test case has liver: how well it is segmented is not known.',
    );
  });
});

describe('caseTableOf', () => {
  const cases = [one('good', 0.9, 0.7), one('bad', 0.4, 0)];

  it('puts the worst case on top and says what was missed', () => {
    const { columns, rows } = caseTableOf(cases, 'nnunet');

    expect(columns.map(({ title }) => title)).toEqual([
      'Mean Dice',
      ...['liver, Dice', 'liver, HD95 mm', 'spleen, Dice', 'spleen, HD95 mm'],
    ]);
    expect(rows).toEqual([
      { name: 'bad', cells: [0.2, 0.4, 4, 0, 'missed'] },
      { name: 'good', cells: [0.8, 0.9, 4, 0.7, 4] },
    ]);
  });

  it('goes with a dot a case and class', () => {
    expect(casePlotOf(cases, 'nnunet').groups.map(({ values }) => values)).toEqual([
      [0.9, 0.4],
      [0.7, 0],
    ]);
  });
});

describe('pairedTableOf', () => {
  const models = [
    { name: 'scratch', cases: [one('a', 0.5, 0.5), one('b', 0.5, 0.5)] },
    { name: 'mae', cases: [one('a', 0.75, 0.75), one('b', 0.25, 0.25)] },
  ];

  it('puts the case that lost most on top', () => {
    expect(pairedTableOf(models, 'nnunet').rows).toEqual([
      { name: 'b', cells: [-0.25, 0.5, 0.25] },
      { name: 'a', cells: [0.25, 0.5, 0.75] },
    ]);
  });

  it('keeps the model beside every line of the CSV', () => {
    const lines = pairedTableOf(models, 'nnunet').csv.trimEnd().split('\r\n');

    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(/^model,case,class,/);
    expect(lines[5]).toMatch(/^mae,a,liver,/);
  });

  it('joins the same case in the plot', () => {
    expect(pairedPlotOf(models, 'nnunet').groups.map(({ values }) => values)).toEqual([
      [0.5, 0.5],
      [0.75, 0.25],
    ]);
  });
});
