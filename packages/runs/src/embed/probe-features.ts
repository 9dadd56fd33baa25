import {
  classesIn,
  type ClassifyEvaluation,
  classTargets,
  evaluationText,
  probeLinear,
  probeNearest,
  probeNearestValues,
  type ProbedCase,
  type ProbeSides,
  readTargets,
  strataOf,
  type TargetConfig,
  valueTargets,
} from '@voxmim/classify';
import type { CaseSplit } from '@voxmim/core';
import { readTableRows } from '@voxmim/datasets/node';
import { SplitConfig } from '@voxmim/presets';
import { resolve } from 'node:path';

import { splitCases } from '../batches/split.js';
import { splitCasesOf } from '../batches/subjects.js';
import { readSplit } from '../reporting/saved-split.js';
import type { EmbeddedCase } from './embed-cases.js';

/** What features are judged by. */
export interface ProbeOptions {
  readonly target: TargetConfig;
  /** Whether the labels are numbers to be met, not classes. */
  readonly values?: boolean;
  /** Which cases are of one patient, as `data.split.group`; default: what the data set tells. */
  readonly group?: string;
}

/** What probes found. */
export interface ProbeResult {
  readonly split: Pick<CaseSplit, 'train' | 'test'>;
  /** By probe: `knn`, and of classes `linear`. */
  readonly probes: Readonly<Record<string, ClassifyEvaluation>>;
}

/**
 * Judges features by what simple maps find in them: fitted on the cases that the run behind them trained or was
 * steered on, judged on its test cases. Where its split names others, a split is drawn, stratified by the labels.
 */
export async function probeFeatures(
  embedded: readonly EmbeddedCase[],
  { target, values = false, group }: ProbeOptions,
  { run, input }: { readonly run: string; readonly input: string },
): Promise<ProbeResult> {
  const cases = embedded.map(({ entry }) => entry);
  const dataset = { name: input, root: input, classes: [], cases };
  const readTable = (path: string) => readTableRows(resolve(path));
  const texts = await readTargets(target, { dataset, readTable });
  const classes = values ? [] : (target.classes ?? classesIn(texts));
  const targets = values ? valueTargets(texts) : classTargets(texts, classes);
  const strata = values ? strataOf(valueTargets(texts)) : texts;
  const grouped = splitCasesOf(dataset, group, strata);
  const subjects = new Map(grouped.map(({ id, subject }) => [id, subject ?? id]));
  const split =
    (await splitOf(run, new Set(targets.keys()))) ??
    (await splitCases(grouped, SplitConfig.parse({ validation: 0, test: 0.3 }), input));
  const byId = new Map(embedded.map(({ entry, features }) => [entry.id, features]));
  const probed = (ids: readonly string[]) =>
    ids.flatMap((id): ProbedCase[] => {
      const [features, wanted] = [byId.get(id), targets.get(id)];
      if (!features || wanted === undefined) return [];
      return [{ id, subject: subjects.get(id) ?? id, features, target: wanted }];
    });
  const sides = { fitted: probed(split.train), judged: probed(split.test) };
  return { split, probes: probesOf(sides, classes, values) };
}

function probesOf(
  sides: ProbeSides,
  classes: readonly string[],
  values: boolean,
): ProbeResult['probes'] {
  if (values) return { knn: probeNearestValues(sides) };
  return { knn: probeNearest(sides, classes), linear: probeLinear(sides, classes) };
}

/** The split of a run, where it names labeled cases on both sides. */
async function splitOf(
  run: string,
  labeled: ReadonlySet<string>,
): Promise<ProbeResult['split'] | undefined> {
  const saved = await readSplit(run);
  if (!saved) return undefined;
  const train = [...saved.train, ...saved.validation].filter((id) => labeled.has(id));
  const test = saved.test.filter((id) => labeled.has(id));
  return train.length > 0 && test.length > 0 ? { train, test } : undefined;
}

/** What probes found, as text. */
export function formatProbes({ probes, split }: ProbeResult): string {
  return Object.entries(probes)
    .map(
      ([name, evaluation]) =>
        `${name}, fitted on ${split.train.length} cases:\n${evaluationText(evaluation)}`,
    )
    .join('\n\n');
}
