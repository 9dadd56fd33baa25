import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Shape3, Spacing3 } from '@voxmim/core';

import { distanceTransform } from './distance-transform.js';
import { evaluateCase } from './evaluate-case.js';
import { wilcoxonSignedRank } from './statistics.js';
import { scoreOf } from './summarize.js';

type Numbers = (number | 'NaN' | 'Infinity')[];

/** Made by tools/fixtures/evaluation.py with MONAI 1.5 and scipy 1.10. */
const golden: {
  cases: {
    shape: Shape3;
    spacing: Spacing3;
    classes: number;
    vanish: string | null;
    prediction: number[];
    truth: number[];
    dice: { monai: Numbers; monaiScoreEmpty: Numbers };
    hd95: Numbers;
    hd: Numbers;
    assd: Numbers;
    nsd: Numbers;
  }[];
  transforms: { shape: Shape3; spacing: Spacing3; mask: number[]; distances: number[] }[];
  tests: { left: number[]; right: number[]; statistic: number; pValue: number }[];
} = JSON.parse(readFileSync(join(__dirname, '../fixtures/evaluation.json'), 'utf8'));

function expectClose(received: readonly number[], expected: Numbers): void {
  expect(received).toHaveLength(expected.length);
  expected.forEach((value, index) => {
    if (typeof value === 'number') expect(received[index]).toBeCloseTo(value, 4);
    else expect(String(received[index])).toBe(value);
  });
}

describe('evaluateCase agrees with MONAI', () => {
  it.each(golden.cases)('on a case of $classes classes, vanished: $vanish', (found) => {
    const classes = Array.from({ length: found.classes }, (_, label) => `class ${label}`);
    const { shape, spacing } = found;
    const result = evaluateCase(
      'case',
      { data: Uint8Array.from(found.prediction), shape },
      { data: Uint8Array.from(found.truth), shape },
      { classes, spacing },
    ).classes;

    expectClose(
      result.map((entry) => scoreOf(entry, 'dice', 'monai')),
      found.dice.monai,
    );
    expectClose(
      result.map((entry) => scoreOf(entry, 'dice', 'monaiScoreEmpty')),
      found.dice.monaiScoreEmpty,
    );
    expectClose(
      result.map(({ nsd }) => nsd),
      found.nsd,
    );
    // MONAI gives NaN or infinity, depending on the metric and the side, where one side is empty.
    const defined = (values: Numbers) =>
      values.map((value, index) =>
        result[index].predictedVoxels * result[index].truthVoxels > 0
          ? value
          : ('Infinity' as const),
      );
    expectClose(
      result.map(({ hd95 }) => hd95),
      defined(found.hd95),
    );
    expectClose(
      result.map(({ hd }) => hd),
      defined(found.hd),
    );
    expectClose(
      result.map(({ assd }) => assd),
      defined(found.assd),
    );
  });
});

describe('distanceTransform agrees with scipy', () => {
  it.each(golden.transforms)('at spacing $spacing', ({ shape, spacing, mask, distances }) => {
    expectClose([...distanceTransform(Uint8Array.from(mask), shape, spacing)], distances);
  });
});

describe('wilcoxonSignedRank agrees with scipy', () => {
  it.each(golden.tests)('on pairs with p = $pValue', ({ left, right, statistic, pValue }) => {
    const test = wilcoxonSignedRank(left, right);
    expect(test.statistic).toBe(statistic);
    expect(test.pValue).toBeCloseTo(pValue, 8);
  });
});
