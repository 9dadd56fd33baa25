import type { Shape3, Spacing3 } from '@voxmim/core';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { bootstrapInterval } from './bootstrap.js';
import { distanceTransform } from './distance-transform.js';
import { evaluateCase, type CaseMetrics } from './evaluate-case.js';
import { scoreOf, type EmptyPolicy } from './score.js';
import { summarize } from './summarize.js';
import { surfaceVoxels } from './surface-distances.js';
import { wilcoxonSignedRank } from './wilcoxon.js';

type Numbers = (number | 'NaN' | 'Infinity')[];

interface Scores {
  dice_monai: Numbers;
  dice_monaiScoreEmpty: Numbers;
  iou_monai: Numbers;
  iou_monaiScoreEmpty: Numbers;
  hd95: Numbers;
  pooledHd95: Numbers;
  hd: Numbers;
  assd: Numbers;
  nsd: Numbers;
}

interface GoldenCase extends Scores {
  shape: Shape3;
  spacing: Spacing3;
  classes: number;
  vanish: string | null;
  prediction: number[];
  truth: number[];
}

interface RealCase extends Scores {
  file: string;
  change: 'shifted' | 'eroded';
  spacing: Spacing3;
  toleranceMm: number;
}

/** Made by tools/fixtures/evaluation.py with MONAI 1.5, scipy 1.10 and medpy's formula. */
const golden: {
  cases: GoldenCase[];
  means: Record<EmptyPolicy, number>;
  real: RealCase[];
  transforms: { shape: Shape3; spacing: Spacing3; mask: number[]; distances: number[] }[];
  tests: { left: number[]; right: number[]; statistic: number; pValue: number }[];
  intervals: { method: 'percentile' | 'bca'; values: number[]; low: number; high: number }[];
} = JSON.parse(readFileSync(join(__dirname, '../fixtures/evaluation.json'), 'utf8'));

function expectClose(received: readonly number[], expected: Numbers, digits = 4): void {
  expect(received).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    if (typeof value === 'number') expect(received[index]).toBeCloseTo(value, digits);
    else expect(String(received[index])).toBe(value);
  });
}

/** MONAI gives NaN or infinity, by metric and side, where one side is empty; here it is infinity. */
function oneConvention({ classes }: CaseMetrics, values: Numbers): Numbers {
  return values.map((value, index) => {
    const { predictedVoxels, truthVoxels } = classes[index];
    return predictedVoxels > 0 !== truthVoxels > 0 ? 'Infinity' : value;
  });
}

function expectScores(found: CaseMetrics, pooled: CaseMetrics, expected: Scores): void {
  const column = (pick: (entry: CaseMetrics['classes'][number]) => number, of = found) =>
    of.classes.map(pick);
  for (const policy of ['monai', 'monaiScoreEmpty'] as const) {
    expectClose(
      column((entry) => scoreOf(entry, 'dice', policy)),
      expected[`dice_${policy}`],
    );
    expectClose(
      column((entry) => scoreOf(entry, 'iou', policy)),
      expected[`iou_${policy}`],
    );
    expectClose(
      column((entry) => scoreOf(entry, 'nsd', policy)),
      expected.nsd,
    );
  }
  for (const metric of ['hd95', 'hd', 'assd'] as const) {
    expectClose(
      column((entry) => entry[metric]),
      oneConvention(found, expected[metric]),
    );
  }
  expectClose(
    column(({ hd95 }) => hd95, pooled),
    expected.pooledHd95,
  );
}

const namesOf = (count: number) => Array.from({ length: count }, (_, label) => `class ${label}`);

function evaluateGolden(found: GoldenCase, hd95: 'monai' | 'medpy' = 'monai'): CaseMetrics {
  const { shape, spacing } = found;
  return evaluateCase(
    'case',
    { data: Uint8Array.from(found.prediction), shape },
    { data: Uint8Array.from(found.truth), shape },
    { classes: namesOf(found.classes), spacing, hd95 },
  );
}

describe('evaluateCase agrees with MONAI and medpy', () => {
  it.each(golden.cases)('on a case of $classes classes, vanished: $vanish', (found) => {
    expectScores(evaluateGolden(found), evaluateGolden(found, 'medpy'), found);
  });
});

describe('summarize agrees with its origin', () => {
  it.each(['monai', 'monaiScoreEmpty', 'nnunet'] as const)('in the mean Dice of %s', (policy) => {
    const cases = golden.cases.slice(1).map((found) => evaluateGolden(found));

    const { mean } = summarize(cases, { policy, resamples: 10 });

    expect(mean.dice.mean).toBeCloseTo(golden.means[policy], 6);
  });
});

const data = process.env['VOXMIM_DATA'] ?? join(__dirname, '../../../../shared/data');
const folder = join(data, 'Task04_Hippocampus/labelsTr');
const whereDataAre = existsSync(folder) ? describe : describe.skip;

/** The voxels of a small uint8 NIfTI file. */
function readLabelMap(file: string): { data: Uint8Array; shape: Shape3 } {
  const raw = gunzipSync(readFileSync(join(folder, file)));
  const shape: Shape3 = [raw.readInt16LE(46), raw.readInt16LE(44), raw.readInt16LE(42)];
  const start = raw.readFloatLE(108);
  return { data: raw.subarray(start, start + shape[0] * shape[1] * shape[2]), shape };
}

const changes = {
  shifted({ data: labels, shape: [depth, height, width] }: ReturnType<typeof readLabelMap>) {
    const moved = new Uint8Array(labels.length);
    for (let d = 1; d < depth; d++) {
      for (let h = 0; h + 2 < height; h++) {
        const target = (d * height + h) * width;
        const source = ((d - 1) * height + h + 2) * width;
        moved.set(labels.subarray(source, source + width - 1), target + 1);
      }
    }
    return moved;
  },
  eroded({ data: labels, shape }: ReturnType<typeof readLabelMap>) {
    const left = Uint8Array.from(labels);
    for (const label of [1, 2]) {
      const mask = labels.map((voxel) => (voxel === label ? 1 : 0));
      for (const index of surfaceVoxels(mask, shape)) left[index] = 0;
    }
    return left;
  },
};

whereDataAre('on real hippocampi, evaluateCase agrees with MONAI and medpy', () => {
  it.each(golden.real)('$file, $change, spacing $spacing', (found) => {
    const truth = readLabelMap(found.file);
    const prediction = { data: changes[found.change](truth), shape: truth.shape };
    const options = {
      classes: namesOf(3),
      spacing: found.spacing,
      nsdToleranceMm: found.toleranceMm,
    };

    const [ours, pooled] = (['monai', 'medpy'] as const).map((hd95) =>
      evaluateCase(found.file, prediction, truth, { ...options, hd95 }),
    );

    expectScores(ours, pooled, found);
  });
});

describe('distanceTransform agrees with scipy', () => {
  it.each(golden.transforms)('at spacing $spacing', ({ shape, spacing, mask, distances }) => {
    expectClose([...distanceTransform(Uint8Array.from(mask), shape, spacing)], distances, 5);
  });
});

describe('wilcoxonSignedRank agrees with scipy, or with all patterns of signs', () => {
  it.each(golden.tests)('on pairs with p = $pValue', ({ left, right, statistic, pValue }) => {
    const test = wilcoxonSignedRank(left, right);
    expect(test.statistic).toBe(statistic);
    expect(test.pValue).toBeCloseTo(pValue, 8);
  });
});

describe('bootstrapInterval agrees with scipy', () => {
  it.each(golden.intervals)('by $method', ({ method, values, low, high }) => {
    const found = bootstrapInterval(values, { method, resamples: 50000 });
    // Both draw at random: the ends of an interval from 50000 draws differ by about 1 % of its width.
    const width = high - low;
    expect(Math.abs(found.low - low)).toBeLessThan(0.03 * width);
    expect(Math.abs(found.high - high)).toBeLessThan(0.03 * width);
  });
});
