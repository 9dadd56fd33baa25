import { scoreOf, type CaseMetrics } from '@voxmim/evaluation';

import type { ReportFact } from './report-content.js';

/** A mean over cases with its interval; null where there is none. */
interface JudgedScore {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What is said of an evaluation: its summary, its cases, and those that could not be judged. */
export interface JudgedRun {
  readonly summary: {
    readonly cases: number;
    readonly classes: readonly {
      readonly name: string;
      readonly metrics: { readonly dice: JudgedScore };
    }[];
    readonly mean: Readonly<Record<'dice' | 'nsd' | 'hd95', JudgedScore>>;
  };
  readonly cases: readonly CaseMetrics[];
  readonly failed: readonly { readonly id: string; readonly message: string }[];
}

/** Below as many test cases, intervals are wide and tests are weak. */
const FEW_CASES = 10;

/**
 * Says in plain words how well a fine-tuned model segments: mean Dice with its interval, the best and
 * the worst class, and the classes that it found in no case.
 */
export function concludeFinetuning({ summary, cases }: JudgedRun): string {
  const { mean, low, high } = summary.mean.dice;
  if (mean === null || low === null || high === null) return 'No test case has a Dice score.';
  const range = `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  const lines = [
    `Mean Dice over classes is ${mean.toFixed(3)} (${range}) on ${summary.cases} test cases that were not trained on.`,
    extremes(summary),
    nothingOf(cases),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

/** What of an evaluation must be read first, the worst first. */
export function evaluationWarnings({ summary, cases, failed }: JudgedRun): string[] {
  const total = cases.length;
  const sometimes = classesOf(cases).filter(({ had, missed }) => missed > 0 && missed < had);
  return [
    ...missedWords(cases),
    ...failed.map(({ id, message }) => `Test case ${id} is in no score: ${message}`),
    ...sometimes.map(
      ({ name, had, missed }) =>
        `${name} was missed in ${missed} of the ${had} test cases that have it.`,
    ),
    ...classesOf(cases)
      .filter(({ had }) => had === 0)
      .map(({ name }) => `No test case has ${name}: how well it is segmented is not known.`),
    ...(total > 0 && total < FEW_CASES
      ? [
          `Only ${total} test ${total === 1 ? 'case' : 'cases'}: intervals are wide, and other patients may fare otherwise.`,
        ]
      : []),
    ...(summary.cases === 0 ? ['Nothing was judged: there is no test case.'] : []),
  ];
}

/** The few numbers to remember of an evaluation. */
export function evaluationHighlights({ summary }: JudgedRun): ReportFact[] {
  const { dice, nsd, hd95 } = summary.mean;
  const shown = [
    ['Mean Dice', dice.mean, 3],
    ['Mean NSD', nsd.mean, 3],
    ['Mean HD95, mm', hd95.mean, 1],
    ['Test cases', summary.cases, 0],
  ] as const;
  return shown.flatMap(([label, value, digits]) =>
    value === null ? [] : [{ label, value: value.toFixed(digits) }],
  );
}

/** A class over the cases: in how many it is there, and in how many of those nothing of it was found. */
function classesOf(cases: readonly CaseMetrics[]) {
  const names = [...new Set(cases.flatMap(({ classes }) => classes.map(({ name }) => name)))];
  return names.map((name) => {
    const found = cases.flatMap(({ classes }) => classes.filter((entry) => entry.name === name));
    const had = found.filter(({ truthVoxels }) => truthVoxels > 0);
    const missed = had.filter((entry) => scoreOf(entry, 'dice', 'monai') === 0);
    return { name, had: had.length, missed: missed.length };
  });
}

function nothingOf(cases: readonly CaseMetrics[]): string {
  const names = classesOf(cases)
    .filter(isLost)
    .map(({ name }) => name);
  return names.length === 0 ? '' : `It finds nothing of ${names.join(', ')} in any case.`;
}

function isLost({ had, missed }: { readonly had: number; readonly missed: number }): boolean {
  return had > 0 && missed === had;
}

function missedWords(cases: readonly CaseMetrics[]): string[] {
  return classesOf(cases)
    .filter(isLost)
    .map(
      ({ name, had }) =>
        `${name} was found in ${had === 1 ? 'the only test case that has it: not at all' : `none of the ${had} test cases that have it`} (Dice 0).`,
    );
}

function extremes({ classes }: JudgedRun['summary']): string {
  const scored = classes
    .flatMap(({ name, metrics }) => {
      const { mean } = metrics.dice;
      return mean === null ? [] : [{ name, mean }];
    })
    .sort((left, right) => right.mean - left.mean);
  const [best, worst] = [scored[0], scored.at(-1)];
  if (!best || !worst || best === worst) return '';
  return `Best is ${best.name} (${best.mean.toFixed(3)}), worst is ${worst.name} (${worst.mean.toFixed(3)}).`;
}
