import { summarize, type CaseMetrics, type ClassMetrics } from '@voxmim/evaluation';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { compareRuns } from './compare-runs.js';
import { formatRunComparison } from './format-run-comparison.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-compare-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const found = (name: string, dice: number, hd95 = 4): ClassMetrics => ({
  ...{ name, dice, truthVoxels: 9, predictedVoxels: dice > 0 ? 9 : 0, iou: dice, nsd: dice },
  ...{ hd: 5, hd95: dice > 0 ? hd95 : Infinity, assd: 1 },
  ...{ volumeDifferenceMl: 0, relativeVolumeDifference: 0 },
});

/** Twelve cases whose liver and spleen have a Dice near those given. */
function cases(liver: number, spleen: number, hd95 = 4): CaseMetrics[] {
  return Array.from({ length: 12 }, (_, index) => {
    const aside = (index - 6) / 200;
    return {
      id: `case_${index}`,
      classes: [found('liver', liver + aside, hd95 + aside), found('spleen', spleen - aside)],
    };
  });
}

async function writeRun(
  name: string,
  judged: readonly CaseMetrics[],
  more: { readonly split?: object; readonly conventions?: object } = {},
): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  const { split, conventions = { policy: 'nnunet' } } = more;
  const classes = ['background', 'liver', 'spleen'];
  const evaluation = {
    classes,
    conventions,
    summary: summarize(judged, { resamples: 1 }),
    cases: judged,
  };
  await writeFile(join(folder, 'evaluation.json'), JSON.stringify(evaluation));
  if (split) await writeFile(join(folder, 'split.json'), JSON.stringify(split));
  return folder;
}

describe('compareRuns', () => {
  it('pairs cases, and names the class that got worse where the mean shows nothing', async () => {
    const folders = [
      await writeRun('scratch', cases(0.8, 0.6, 4)),
      await writeRun('mae', cases(0.7, 0.7, 9)),
    ];

    const { runs, cases: ids, differences, conclusion } = await compareRuns({ folders });

    expect(runs).toEqual(['scratch', 'mae']);
    expect(ids).toHaveLength(12);
    const liver = differences.rows.find(
      ({ name, metric }) => name === 'liver' && metric === 'Dice',
    );
    expect(liver).toMatchObject({ model: 'mae', pairs: 12, label: 1 });
    expect(liver?.difference.mean).toBeCloseTo(-0.1);
    expect(conclusion).toMatch(/^mae and scratch show no clear difference in mean Dice/);
    expect(conclusion).toMatch(
      /mae is worse than scratch in liver, Dice −0\.100 .*liver, HD95 \+5\.0 mm/,
    );
    expect(conclusion).toMatch(/mae is better than scratch in spleen, Dice \+0\.100/);
  });

  it('says that nothing is clear where every interval holds 0', async () => {
    const folders = [await writeRun('a', cases(0.8, 0.6)), await writeRun('b', cases(0.8, 0.6))];

    expect((await compareRuns({ folders })).conclusion).toContain(
      'No class is clearly better or worse under b in Dice, NSD or HD95.',
    );
  });

  it('counts a distance only where both found the class', async () => {
    const [first, ...others] = cases(0.8, 0.6);
    const missed = { id: 'case_0', classes: [found('liver', 0), found('spleen', 0.6)] };
    const folders = [
      await writeRun('a', [first!, ...others]),
      await writeRun('b', [missed, ...others]),
    ];

    const { rows } = (await compareRuns({ folders })).differences;

    expect(rows.filter(({ name }) => name === 'liver').map(({ pairs }) => pairs)).toEqual([
      ...[12, 12, 11],
    ]);
  });

  it('counts shared cases alone, and says who has more', async () => {
    const all = cases(0.8, 0.6);
    const folders = [await writeRun('a', all), await writeRun('b', all.slice(0, 5))];

    const { cases: ids, warnings } = await compareRuns({ folders });

    expect(ids).toHaveLength(5);
    expect(warnings).toEqual(['Only the 5 cases that all were judged on count; a has 12.']);
  });

  it('refuses runs that share no case', async () => {
    const other = cases(0.8, 0.6).map((judged) => ({ ...judged, id: `other_${judged.id}` }));
    const folders = [await writeRun('a', cases(0.8, 0.6)), await writeRun('b', other)];

    await expect(compareRuns({ folders })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      details: { reason: 'no case in common' },
    });
  });

  it('warns where one was trained on cases that it or another is judged on', async () => {
    const all = cases(0.8, 0.6);
    const split = (train: string[]) => ({ train, validation: [], test: [] });
    const folders = [
      await writeRun('a', all.slice(0, 8), { split: split(['case_0', 'x']) }),
      await writeRun('b', all.slice(4), { split: split(['case_1']) }),
    ];
    const leaking = [folders[1]!, await writeRun('c', all, { split: split(['case_9']) })];

    expect((await compareRuns({ folders })).warnings[0]).toBe(
      'b was trained on 1 of the test cases of a, such as case_1: they were split differently, and only cases that both were judged on are compared.',
    );
    expect((await compareRuns({ folders: leaking })).warnings[0]).toMatch(
      /^1 of the 8 shared cases were trained on by c, such as case_9/,
    );
  });

  it('warns of other conventions', async () => {
    const folders = [
      await writeRun('a', cases(0.8, 0.6)),
      await writeRun('b', cases(0.8, 0.6), { conventions: { policy: 'monai' } }),
    ];

    expect((await compareRuns({ folders })).warnings[0]).toMatch(
      /^b was judged by other conventions/,
    );
  });

  it('tells runs of one name apart by where they lie, and refuses one given twice', async () => {
    const folders = [
      await writeRun('one/run', cases(0.8, 0.6)),
      await writeRun('two/run', cases(0.8, 0.6)),
    ];

    expect((await compareRuns({ folders })).runs).toEqual([join('one', 'run'), join('two', 'run')]);
    const twice = [folders[0]!, `${folders[0]!}/`];
    await expect(compareRuns({ folders: twice })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    await expect(compareRuns({ folders: [root, folders[0]!] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('writes a page with every case', async () => {
    const folders = [await writeRun('a', cases(0.8, 0.6)), await writeRun('b', cases(0.7, 0.7))];
    const out = join(root, 'compare.html');

    await compareRuns({ folders, out });

    const page = await readFile(out, 'utf8');
    for (const text of ['a against b', 'id="differences"', 'case_11', 'b minus a'])
      expect(page).toContain(text);
    expect(page).not.toContain(root);
  });
});

describe('formatRunComparison', () => {
  it('has one line a class and metric', async () => {
    const folders = [await writeRun('a', cases(0.8, 0.6)), await writeRun('b', cases(0.7, 0.7))];

    const lines = formatRunComparison(await compareRuns({ folders })).split('\n');

    expect(lines[0]).toMatch(/^class +metric +a +b +difference \(95 % interval\) +p +cases/);
    expect(lines[4]).toMatch(/^liver +Dice +0\.79\d +0\.69\d +−0\.100 \[.*\] .* 12 +worse$/);
    expect(lines).toContain(
      '12 shared cases; p by Wilcoxon signed-rank test, two-sided, paired by case, not corrected.',
    );
  });
});
