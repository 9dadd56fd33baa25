import { isVoxmimError, parseConfig, VoxmimError } from '@voxmim/core';
import { readJsonlLog, type JsonlLine } from '@voxmim/training/node';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';

import { runEntry } from '../run/run-folder.js';
import { metricWords } from './metric-words.js';
import {
  emptyReport,
  ReportContent,
  type CurveChart,
  type PictureExample,
  type ReportFact,
} from './report-content.js';
import { readReconstructions, readSegmentations } from './run-pictures.js';
import {
  parseJson,
  readEvaluation,
  RESTORE,
  type SavedEvaluation,
} from '../evaluation/saved-evaluation.js';
import { scoreTableOf } from './score-table.js';
import { reportFiles } from './write-report.js';

const SavedRecord = z.looseObject({
  task: z.string(),
  status: z.string(),
  seed: z.number(),
  startedAt: z.string(),
  seconds: z.number().optional(),
  steps: z.number().optional(),
  backend: z.looseObject({ name: z.string(), version: z.string(), device: z.string() }),
  versions: z.record(z.string(), z.string()),
  machine: z.looseObject({
    platform: z.string(),
    processor: z.string(),
    cores: z.number(),
    memoryGiB: z.number(),
  }),
  notes: z.array(z.string()),
});
type SavedRecord = z.infer<typeof SavedRecord>;

const Evaluation = z.looseObject({ metrics: z.record(z.string(), z.number().nullable()) });
const Step = z.looseObject({ loss: z.number(), learningRate: z.number() });

/**
 * What the run in a folder has to tell: its `report.json` where there is one, else what its own files
 * say, which also works after an interruption. A data set that is gone costs the pictures of
 * segmentations, and a warning says so.
 *
 * @throws `NOT_FOUND` when the folder holds no run; `INVALID_FILE` when a file of it is damaged
 */
export async function readRun(folder: string): Promise<ReportContent> {
  const path = reportFiles(folder).content;
  const saved = await readText(path);
  if (saved !== undefined) return parseConfig(ReportContent, parseJson(saved, path), path, RESTORE);
  const config = await readText(runEntry(folder, 'config'));
  if (config === undefined) throw noRun(folder);
  const record = await readRecord(runEntry(folder, 'record'));
  const lines = await readJsonlLog(runEntry(folder, 'metrics'));
  const evaluation = await readEvaluation(folder);
  const pictures = await segmentationsOf(folder);
  const warnings = record
    ? warningsOf(record)
    : ['The run has no record: it stopped before it began.'];
  return {
    ...emptyReport,
    title: record ? `${capitalized(record.task)}: ${basename(folder)}` : basename(folder),
    conclusion: evaluation ? concludeEvaluation(evaluation) : '',
    warnings: [...warnings, ...failedCases(evaluation), ...pictures.warnings],
    tables: evaluation
      ? [
          scoreTableOf(
            'Test cases',
            [{ name: 'model', summary: evaluation.summary }],
            evaluation.classes,
          ),
        ]
      : [],
    classes: evaluation?.classes.slice(1) ?? [],
    segmentations: pictures.examples,
    reconstructions: await readReconstructions(folder),
    curves: curvesOf(lines),
    facts: record ? runFacts(record) : [],
    configs: [{ name: basename(folder), text: config }],
  };
}

function concludeEvaluation({ summary }: SavedEvaluation): string {
  const { mean, low, high } = summary.mean.dice;
  if (mean === null || low === null || high === null) return 'No test case has a Dice score.';
  const range = `95 % interval ${low.toFixed(3)} to ${high.toFixed(3)}`;
  return `Mean Dice over classes is ${mean.toFixed(3)} (${range}) on ${summary.cases} test cases that were not trained on.`;
}

async function segmentationsOf(
  folder: string,
): Promise<{ examples: readonly PictureExample[]; warnings: readonly string[] }> {
  try {
    return { examples: await readSegmentations([{ name: 'Prediction', folder }]), warnings: [] };
  } catch (error) {
    if (!isVoxmimError(error)) throw error;
    return { examples: [], warnings: [`No pictures of segmentations: ${error.message}`] };
  }
}

/** The facts of a run's record, for `ReportContent.facts`. */
export function runFacts(record: SavedRecord): ReportFact[] {
  const { backend, machine, versions } = record;
  const facts: (readonly [string, string | undefined])[] = [
    ['Task', record.task],
    ['Status', record.status],
    ['Started', record.startedAt],
    ['Time', record.seconds === undefined ? undefined : formatDuration(record.seconds)],
    ['Steps', record.steps?.toString()],
    ['Seed', String(record.seed)],
    ['Backend', [backend.name, backend.version].join(' ')],
    ['Device', backend.device],
    ['Machine', `${machine.platform}, ${machine.cores} cores, ${machine.memoryGiB} GiB`],
    ['Processor', machine.processor],
    [
      'Versions',
      Object.entries(versions)
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
  ];
  return facts.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

/** Hours, minutes and seconds as a reader says them. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0
    ? `${minutes} min ${whole % 60} s`
    : `${seconds < 10 ? Number(seconds.toFixed(1)) : whole} s`;
}

/** Loss, validation and learning rate from the lines of `metrics.jsonl`. */
export function curvesOf(lines: readonly JsonlLine[], name = ''): CurveChart[] {
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
  lines: readonly JsonlLine[],
  line: (
    values: readonly (readonly [number, number])[],
    title: string,
  ) => CurveChart['series'][number],
): CurveChart[] {
  const evaluations = lines.flatMap((entry) => {
    const parsed = entry.event === 'evaluation' ? Evaluation.safeParse(entry) : undefined;
    return parsed?.success ? [{ step: entry.step, metrics: parsed.data.metrics }] : [];
  });
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

function warningsOf({ status, notes }: SavedRecord): string[] {
  const state = status === 'completed' ? [] : [`The run is ${status}: what follows is not final.`];
  return [...state, ...notes];
}

/** Also where the run's notes are gone, no failed case goes unsaid. */
function failedCases(evaluation: SavedEvaluation | undefined): string[] {
  const failed = evaluation?.failed ?? [];
  return failed.map(({ id, message }) => `Test case ${id} is in no score: ${message}`);
}

async function readRecord(path: string): Promise<SavedRecord | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  return parseConfig(SavedRecord, parseJson(text, path), path, RESTORE);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

function noRun(folder: string): VoxmimError<'NOT_FOUND'> {
  return new VoxmimError(
    'NOT_FOUND',
    `${folder} holds no run.`,
    'Give the output folder of a voxmim run.',
    { path: folder },
  );
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
