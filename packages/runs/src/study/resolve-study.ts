import { parseConfig } from '@voxmim/core';

import {
  type FinetuneConfig,
  applyOverrides,
  patchConfig,
  type ConfigPatch,
  type PretrainConfig,
  studySchema,
  StudyConfig,
} from '@voxmim/presets';
import { readYaml } from '../config/read-yaml.js';
import { resolveFinetune, resolvePretrain } from '../config/resolve-config.js';
import type { ResolveOptions } from '../tasks/resolve-task.js';
import { expandArms, type ExpandedArm } from './expand-arms.js';

/** A study whose every run is known and checked. */
export interface Study {
  /** As it was given; `study.yaml` keeps it. */
  readonly config: StudyConfig;
  readonly arms: readonly StudyArm[];
}

/** An arm with its configs. */
export interface StudyArm extends ExpandedArm {
  /** What it starts from; null where nothing is pretrained for it. Its seed is set per run. */
  readonly pretrain: PretrainConfig | null;
  readonly budgets: readonly ArmBudget[];
}

/** An arm at one budget. */
export interface ArmBudget {
  /** Its name; empty where the study has only one. */
  readonly budget: string;
  /** Among these tuning chooses; one where nothing is tuned. */
  readonly settings: readonly Setting[];
}

/** One point of a tuning grid. */
export interface Setting {
  /** Values by field of the fine-tuning; none where nothing is tuned. */
  readonly values: ConfigPatch;
  /** Its from, seed and labels are set per run. */
  readonly config: FinetuneConfig;
}

/** What may be changed on the way from a file to a study. */
export interface ResolveStudyOptions extends ResolveOptions {
  /** Overrides of pretraining and fine-tuning alike, such as `data.path=dir`. */
  readonly shared?: readonly string[];
}

/** The fields that the pretraining of a study lends to its fine-tunings. */
const SHARED = [
  ...['data', 'crop', 'inChannels', 'encoder'],
  ...['backend', 'device', 'precision', 'threads', 'plugins'],
] as const;

/**
 * Checks a study whole: every arm at every budget and setting, before anything runs.
 *
 * `finetune` may leave out what `pretrain` has: data, crop, channels, encoder, backend with device and
 * threads, and plugins.
 *
 * @throws as `resolvePretrain`, and `INVALID_CONFIG` for arms that do not fit together; messages name
 *   the arm
 */
export async function resolveStudy(input: unknown, options: ResolveStudyOptions): Promise<Study> {
  const { origin = 'config', set = [], shared = [], registries } = options;
  const sections = pretrains(input) ? ['pretrain', 'finetune'] : ['finetune'];
  const both = shared.flatMap((override) => sections.map((section) => `${section}.${override}`));
  const changed = applyOverrides(input, [...set, ...both], studySchema(registries));
  const config = parseConfig(StudyConfig, changed, origin);
  const arms: StudyArm[] = [];
  for (const arm of expandArms(config))
    arms.push(await resolveArm(arm, config, { registries, origin: `${origin}: ${arm.name}` }));
  return { config, arms };
}

/** Reads a YAML file and checks it as {@link resolveStudy} does. */
export async function readStudyConfig(path: string, options: ResolveStudyOptions): Promise<Study> {
  return resolveStudy(await readYaml(path), { origin: path, ...options });
}

function pretrains(input: unknown): boolean {
  return (
    typeof input === 'object' && input !== null && 'pretrain' in input && input.pretrain !== null
  );
}

async function resolveArm(
  arm: ExpandedArm,
  config: StudyConfig,
  options: ResolveOptions & { readonly origin: string },
): Promise<StudyArm> {
  const { both, pretrain, finetune } = arm.changes;
  const source =
    pretrain === null
      ? null
      : await resolvePretrain(patchedBy(config.pretrain ?? {}, both, pretrain), {
          ...options,
          origin: `${options.origin}: pretrain`,
        });
  const base = patchedBy(lentBy(config.pretrain), config.finetune, both, finetune);
  const budgets = Object.entries(config.budgets);
  const named = budgets.length > 0 ? budgets : [['', {}] satisfies [string, ConfigPatch]];
  const resolved: ArmBudget[] = [];
  for (const [budget, changes] of named) {
    const raw = completed(arm, source !== null, patchConfig(base, changes));
    const origin = [options.origin, budget, 'finetune'].filter(Boolean).join(': ');
    const settings: Setting[] = [];
    for (const values of gridPoints(arm.changes.grid ?? config.tuning?.grid ?? {}, config))
      settings.push({
        values,
        config: await resolveFinetune(patchConfig(raw, values), { ...options, origin }),
      });
    resolved.push({ budget, settings });
  }
  return { ...arm, pretrain: source, budgets: resolved };
}

/** What the kind of an arm makes of its fine-tuning. */
function completed(
  { diagnostic }: ExpandedArm,
  isPretrained: boolean,
  raw: ConfigPatch,
): ConfigPatch {
  if (isPretrained) return patchConfig({ from: { checkpoint: 'set per run' } }, raw);
  if (diagnostic !== 'identity') return raw;
  return { ...raw, encoder: { name: 'identity', like: raw['encoder'] } };
}

function lentBy(pretrain: ConfigPatch | null): ConfigPatch {
  if (pretrain === null) return {};
  return Object.fromEntries(
    SHARED.flatMap((key) => (key in pretrain ? [[key, pretrain[key]]] : [])),
  );
}

function patchedBy(base: ConfigPatch, ...patches: readonly ConfigPatch[]): ConfigPatch {
  return patches.reduce(patchConfig, base);
}

/** Every combination of the values of a grid, those of the last field changing fastest. */
function gridPoints(
  grid: Readonly<Record<string, readonly unknown[]>>,
  { tuning }: StudyConfig,
): ConfigPatch[] {
  if (tuning === null) return [{}];
  return Object.entries(grid).reduce<ConfigPatch[]>(
    (points, [field, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [field]: value }))),
    [{}],
  );
}
