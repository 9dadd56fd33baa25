import * as z from 'zod';

import { metricWords } from './metric-words.js';
import type { CurveChart } from './report-content.js';

const Evaluation = z.looseObject({ metrics: z.record(z.string(), z.number().nullable()) });
const Step = z.looseObject({ loss: z.number(), learningRate: z.number() });

/** A line of `metrics.jsonl`. */
export interface LoggedLine {
  readonly event: string;
  readonly step: number;
  readonly [field: string]: unknown;
}

/** An evaluation of a run: what was measured at a step. */
export interface MeasuredStep {
  readonly step: number;
  /** null is what JSON makes of a number that is not finite. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** The evaluations among the lines of `metrics.jsonl`. */
export function evaluationsOf(lines: readonly LoggedLine[]): MeasuredStep[] {
  return lines.flatMap((entry) => {
    const parsed = entry.event === 'evaluation' ? Evaluation.safeParse(entry) : undefined;
    return parsed?.success ? [{ step: entry.step, metrics: parsed.data.metrics }] : [];
  });
}

/** Loss, validation and learning rate from the lines of `metrics.jsonl`. */
export function curvesOf(lines: readonly LoggedLine[], name = ''): CurveChart[] {
  const steps = lines.flatMap((line) => {
    const parsed = line.event === 'step' ? Step.safeParse(line) : undefined;
    return parsed?.success ? [{ step: line.step, ...parsed.data }] : [];
  });
  const line = (values: readonly (readonly [number, number])[], title: string) => ({
    name: name === '' ? title : name,
    points: values,
  });
  const chart = { xLabel: 'step', scale: 'linear' as const };
  const curves: CurveChart[] = [
    {
      ...chart,
      title: 'Training loss',
      yLabel: 'loss',
      note: 'The objective on training crops, one point per step.',
      series: [
        line(
          steps.map(({ step, loss }) => [step, loss]),
          'loss',
        ),
      ],
    },
    ...evaluationCurves(lines, line),
    {
      ...chart,
      title: 'Learning rate',
      yLabel: 'rate',
      note: 'Warm-up and decay as the schedule asked.',
      series: [
        line(
          steps.map(({ step, learningRate }) => [step, learningRate]),
          'learning rate',
        ),
      ],
    },
  ];
  return curves.filter(({ series }) => series.some(({ points }) => points.length > 0));
}

function evaluationCurves(
  lines: readonly LoggedLine[],
  line: (
    values: readonly (readonly [number, number])[],
    title: string,
  ) => CurveChart['series'][number],
): CurveChart[] {
  const evaluations = evaluationsOf(lines);
  const names = [...new Set(evaluations.flatMap(({ metrics }) => Object.keys(metrics)))];
  const pointsOf = (metric: string) =>
    evaluations.flatMap(({ step, metrics }) => {
      const value = metrics[metric];
      return value === null || value === undefined ? [] : [[step, value] as const];
    });
  // Metrics such as hiddenError/model and hiddenError/inpainting are lines of one chart.
  const groups = [...new Set(names.map((name) => name.split('/')[0] ?? name))];
  return groups.map((group) => {
    const { title, yLabel, note, lines: words } = metricWords(group);
    const series = names
      .filter((metric) => metric === group || metric.startsWith(`${group}/`))
      .map((metric) => {
        const member = metric.slice(group.length + 1);
        const word = words[member]?.name ?? (member || title);
        const { name, points } = line(pointsOf(metric), word);
        const dashed = words[member]?.reference === true;
        const full = member === '' || name === word ? name : `${name}, ${word}`;
        return { name: full, points, ...(dashed && { dashed }) };
      });
    return { title: `Validation: ${title}`, xLabel: 'step', yLabel, scale: 'linear', note, series };
  });
}

/** Puts the charts of several runs together: curves of one title become lines of one chart. */
export function mergeCurves(charts: readonly CurveChart[]): CurveChart[] {
  const titles = [...new Set(charts.map(({ title }) => title))];
  return titles.flatMap((title) => {
    const same = charts.filter((chart) => chart.title === title);
    const [first] = same;
    return first ? [{ ...first, series: same.flatMap(({ series }) => series) }] : [];
  });
}
