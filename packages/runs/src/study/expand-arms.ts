import { nearestName, VoxmimError } from '@voxmim/core';

import {
  patchConfig,
  type ConfigPatch,
  type ArmConfig,
  type AxisConfig,
  type StudyConfig,
} from '@voxmim/presets';

/** An arm of a study with its place on every axis that multiplied it. */
export interface ExpandedArm {
  /** Its own, such as `mae-ratio-0.6`. */
  readonly name: string;
  /** The name of the arm before axes multiplied it. */
  readonly family: string;
  /** Where it lies: the value, or the name of the changes, by axis. */
  readonly at: Readonly<Record<string, unknown>>;
  readonly changes: ArmConfig;
  /** What it shows about the encoder; null for what the study is about. */
  readonly diagnostic: Diagnostic | null;
  /** The arm that it is compared with; its own name where it is that one. */
  readonly baseline: string;
}

/** An arm that is there to judge the others by. */
export type Diagnostic = 'identity' | 'frozen';

type Unpaired = Omit<ExpandedArm, 'baseline'>;

const noChanges: ArmConfig = { both: {}, pretrain: null, finetune: {}, grid: null };

/**
 * All arms of a study, in order: what `arms` names or the two of the default, the diagnostics, each
 * multiplied by the axes that concern it, less those to skip.
 *
 * @throws `INVALID_CONFIG` for a baseline or a skipped arm that is not there, for axes that make two
 *   arms of one name, and where an arm pretrains and there is no pretraining
 */
export function expandArms(config: StudyConfig): ExpandedArm[] {
  const axes = Object.entries(config.axes);
  const all = [...namedArms(config), ...diagnosticArms(config)].flatMap((arm) =>
    axes.reduce<Unpaired[]>(
      (arms, [axis, values]) => arms.flatMap((found) => multiplied(found, axis, values)),
      [arm],
    ),
  );
  checkNames(all, config);
  const kept = all.filter(({ name }) => !config.skip.includes(name));
  return kept.map((arm) => ({ ...arm, baseline: baselineOf(arm, kept, config.baseline) }));
}

function namedArms({ arms, pretrain }: StudyConfig): Unpaired[] {
  const named = Object.entries(arms);
  const chosen: [string, ArmConfig][] =
    named.length > 0
      ? named
      : [
          ['scratch', noChanges],
          ...(pretrain === null
            ? []
            : [
                [objectiveOf(pretrain), { ...noChanges, pretrain: {} }] satisfies [
                  string,
                  ArmConfig,
                ],
              ]),
        ];
  return chosen.map(([name, changes]) => ({
    ...{ name, family: name, at: {}, changes, diagnostic: null },
  }));
}

function objectiveOf({ objective }: ConfigPatch): string {
  const isNamed = typeof objective === 'object' && objective !== null && 'name' in objective;
  return isNamed && typeof objective.name === 'string' ? objective.name : 'mae';
}

const frozen: ConfigPatch = { 'freeze.encoder': true };

function diagnosticArms(config: StudyConfig): Unpaired[] {
  if (!config.diagnostics) return [];
  const arm = (name: string, changes: ArmConfig, diagnostic: Diagnostic): Unpaired => ({
    ...{ name, family: name, at: {}, changes, diagnostic },
  });
  return [
    arm('identity', noChanges, 'identity'),
    arm('frozen-random', { ...noChanges, finetune: frozen }, 'frozen'),
    ...namedArms(config)
      .filter(({ changes }) => changes.pretrain !== null)
      .map(({ name, changes }) =>
        arm(
          `${name}-frozen`,
          { ...changes, finetune: patchConfig(changes.finetune, frozen) },
          'frozen',
        ),
      ),
  ];
}

function multiplied(arm: Unpaired, axis: string, values: AxisConfig): Unpaired[] {
  if ('arms' in values) {
    return Object.entries(values.arms).map(([label, changes]) => ({
      ...arm,
      name: `${arm.name}-${label}`,
      at: { ...arm.at, [axis]: label },
      changes: mergedChanges(arm.changes, changes),
    }));
  }
  const [section = '', ...path] = values.field.split('.');
  if (section === 'pretrain' && arm.changes.pretrain === null) return [arm];
  return values.values.map((value) => ({
    ...arm,
    name: `${arm.name}-${axis}-${valueName(value)}`,
    at: { ...arm.at, [axis]: value },
    changes: mergedChanges(arm.changes, { [section]: { [path.join('.')]: value } }),
  }));
}

function mergedChanges(first: ArmConfig, second: Partial<ArmConfig>): ArmConfig {
  const { both = {}, pretrain = null, finetune = {}, grid = null } = second;
  return {
    both: patchConfig(first.both, both),
    pretrain: pretrain === null ? first.pretrain : patchConfig(first.pretrain ?? {}, pretrain),
    finetune: patchConfig(first.finetune, finetune),
    grid: grid ?? first.grid,
  };
}

/** A value as part of a folder's name: `8x8x8`, `0.6`. */
function valueName(value: unknown): string {
  const text = Array.isArray(value) ? value.map(valueName).join('x') : plainText(value);
  return text.replaceAll(/[^\w.+-]+/g, '-');
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The baseline with the same values on the axes that it has. */
function baselineOf(arm: Unpaired, all: readonly Unpaired[], family: string): string {
  const found = all.find(
    (other) =>
      other.family === family &&
      Object.entries(other.at).every(
        ([axis, value]) => JSON.stringify(arm.at[axis]) === JSON.stringify(value),
      ),
  );
  return found?.name ?? arm.name;
}

function checkNames(all: readonly Unpaired[], config: StudyConfig): void {
  const names = all.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw invalid('arms', twice, `Two arms are called "${twice}".`, 'Rename one of them.');
  const families = [...new Set(all.map(({ family }) => family))];
  if (!families.includes(config.baseline))
    throw invalid('baseline', config.baseline, ...unknownArm(config.baseline, families));
  const unknown = config.skip.find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalid('skip', unknown, ...unknownArm(unknown, names));
  const pretrained = all.find(({ changes }) => changes.pretrain !== null);
  if (pretrained && config.pretrain === null)
    throw invalid(
      `arms.${pretrained.family}.pretrain`,
      pretrained.changes.pretrain,
      `The arm "${pretrained.name}" changes a pretraining, and there is none.`,
      'Add "pretrain" to the study, or let the arm start from weights by finetune.from.checkpoint.',
    );
}

function unknownArm(name: string, known: readonly string[]): [string, string] {
  const guess = nearestName(name, [...known]);
  return [
    `No arm is called "${name}"${guess ? `; did you mean "${guess}"?` : '.'}`,
    `Name one of ${known.join(', ')}.`,
  ];
}

function invalid(
  path: string,
  received: unknown,
  message: string,
  remedy: string,
): VoxmimError<'INVALID_CONFIG'> {
  return new VoxmimError('INVALID_CONFIG', `${path}: ${message}`, remedy, { path, received });
}
