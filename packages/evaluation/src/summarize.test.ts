import { caseRows, formatCsv } from './case-rows.js';
import { type CaseMetrics, evaluateCase } from './evaluate-case.js';
import { formatTable } from './format-table.js';
import { caseMeans } from './score.js';
import { summarize } from './summarize.js';

describe('summarize', () => {
  const entry = (dice: number, truthVoxels = 1, predictedVoxels = 1) => ({
    name: 'organ',
    dice,
    iou: dice,
    nsd: dice,
    hd: 1,
    hd95: 1,
    assd: 1,
    truthVoxels,
    predictedVoxels,
    volumeDifferenceMl: 0,
    relativeVolumeDifference: 0,
  });
  const cases: CaseMetrics[] = [
    {
      id: 'a',
      classes: [
        { ...entry(1), name: 'one' },
        { ...entry(NaN, 0, 0), name: 'two' },
      ],
    },
    {
      id: 'b',
      classes: [
        { ...entry(1), name: 'one' },
        { ...entry(0), name: 'two' },
      ],
    },
    {
      id: 'c',
      classes: [
        { ...entry(1), name: 'one' },
        { ...entry(0, 0, 5), name: 'two', hd95: Infinity },
      ],
    },
  ];

  it('takes the two-step mean of MONAI, leaving out classes missing from the truth', () => {
    expect(summarize(cases, { policy: 'monai' }).mean.dice.mean).toBeCloseTo((1 + 0.5 + 1) / 3);
  });

  it('scores what is missing from both as 1 when asked', () => {
    expect(summarize(cases, { policy: 'monaiScoreEmpty' }).mean.dice.mean).toBeCloseTo(
      (1 + 0.5 + 0.5) / 3,
    );
  });

  it('takes the mean of class means of nnU-Net, where a false positive counts', () => {
    const { mean, classes: found } = summarize(cases, { policy: 'nnunet' });
    expect(mean.dice.mean).toBeCloseTo((1 + 0) / 2);
    expect(found[1].metrics.dice).toMatchObject({ cases: 2, undefinedCases: 1 });
  });

  it('gives both means over classes, whatever the policy', () => {
    const { means } = summarize(cases, { policy: 'monai' });

    expect(means.ofCaseMeans.dice.mean).toBeCloseTo((1 + 0.5 + 1) / 3);
    expect(means.ofClassMeans.dice.mean).toBeCloseTo((1 + 0) / 2);
  });

  it('keeps the score of NSD under every policy, as MONAI does', () => {
    const missed = [{ id: 'd', classes: [{ ...entry(0, 0, 5), name: 'one' }] }];

    expect(summarize(missed, { policy: 'monai' }).mean.nsd.mean).toBe(0);
    expect(summarize(missed, { policy: 'monai' }).mean.dice.mean).toBeNaN();
  });

  it('refuses cases of different classes', () => {
    const other = { id: 'z', classes: [{ ...entry(1), name: 'else' }] };

    expect(() => summarize([...cases, other])).toThrow(
      'z has the classes else, but a has one, two',
    );
  });

  it('counts infinite distances and says so in the table', () => {
    const summary = summarize(cases);
    expect(summary.classes[1].metrics.hd95).toMatchObject({ mean: 1, infiniteCases: 1 });
    expect(formatTable(summary)).toContain(
      'two: in 1 of 3 cases only one of truth and prediction has it',
    );
  });

  it('gives one number per case for paired tests', () => {
    expect(caseMeans(cases, 'dice')).toEqual([1, 0.5, 0.5]);
  });
});

describe('caseRows and formatCsv', () => {
  const classes = ['background', 'organ'];
  const labels = { data: Uint8Array.of(0, 1), shape: [1, 1, 2] } as const;
  const cases = [evaluateCase('a, "b"', labels, labels, { classes, spacing: [1, 1, 1] })];

  it('gives a flat row for each class of each case', () => {
    expect(caseRows(cases)).toMatchObject([
      { case: 'a, "b"', class: 'organ', dice: cases[0].classes[0].dice },
    ]);
  });

  it('quotes what CSV must quote', () => {
    const [header, row] = formatCsv(cases).split('\r\n');

    expect(header).toMatch(/^case,class,predictedVoxels,truthVoxels,dice,iou,nsd,hd95/);
    expect(row).toMatch(/^"a, ""b""",organ,/);
  });
});
