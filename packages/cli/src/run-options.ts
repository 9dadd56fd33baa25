import type { Command } from 'commander';
import { basename, extname, join } from 'node:path';

import {
  addBackendOptions,
  type BackendCommandOptions,
  backendOverrides,
} from './backend-options.js';

/** The options of commands that train. */
export interface RunCommandOptions extends BackendCommandOptions {
  readonly data?: string;
  readonly out?: string;
  readonly set: readonly string[];
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly measure?: boolean;
}

/** Adds what every command that trains from a config has. */
export function addRunOptions(command: Command): Command {
  return addBackendOptions(command)
    .option('--data <dir>', 'folder of the volumes; replaces data.path of the config')
    .option('--out <dir>', 'folder of the run (default: runs/<name of the config file>)')
    .option(
      '--set <field=value>',
      'change a field, such as encoder.depth=6; repeatable',
      collect,
      [],
    )
    .option('--resume', 'go on with the run in the output folder')
    .option('--force', 'replace the run in the output folder')
    .option('--dry-run', 'check config and data, print the model, touch nothing');
}

/** Adds what a command has that can say how long it will take. */
export function addMeasureOption(command: Command): Command {
  return command.option(
    '--measure',
    'a dry run that also takes a few real steps and a validation, and says how long the whole will take',
  );
}

/** `--set` overrides, with those that other options stand for last. */
export function overridesOf(
  options: Pick<RunCommandOptions, 'set' | 'data' | keyof BackendCommandOptions>,
): string[] {
  const { set, data } = options;
  return [
    ...set,
    ...(data === undefined ? [] : [`data.path=${data}`]),
    ...backendOverrides(options),
  ];
}

/** Collects a repeatable option. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** The folder of a run: as given, or `runs/<name of the config file>`. */
export function outputOf({ out }: RunCommandOptions, config: string): string {
  return out ?? join('runs', basename(config, extname(config)));
}
