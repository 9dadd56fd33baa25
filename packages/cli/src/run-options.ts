import type { Command } from 'commander';
import { basename, extname, join } from 'node:path';

/** The options of commands that train. */
export interface RunCommandOptions {
  readonly data?: string;
  readonly out?: string;
  readonly set: readonly string[];
  readonly backend?: string;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/** Adds what every command that trains from a config has. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'folder of the volumes; replaces data.path of the config')
    .option('--out <dir>', 'folder of the run (default: runs/<name of the config file>)')
    .option(
      '--set <field=value>',
      'change a field, such as encoder.depth=6; repeatable',
      collect,
      [],
    )
    .option('--backend <name>', 'TF.js backend (default: the best; see "voxmim backends")')
    .option('--resume', 'go on with the run in the output folder')
    .option('--force', 'replace the run in the output folder')
    .option('--dry-run', 'check config and data, print the model, touch nothing');
}

/** `--set` overrides, with those that other options stand for last. */
export function overridesOf({
  set,
  data,
  backend,
}: Pick<RunCommandOptions, 'set' | 'data' | 'backend'>): string[] {
  return [
    ...set,
    ...(data === undefined ? [] : [`data.path=${data}`]),
    ...(backend === undefined ? [] : [`backend=${backend}`]),
  ];
}

/** Collects a repeatable option. */
export function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

/** The folder of a run: as given, or `runs/<name of the config file>`. */
export function outputOf({ out }: RunCommandOptions, config: string): string {
  return out ?? join('runs', basename(config, extname(config)));
}
