import { planTask, readTask, runTask } from '@voxmim/runs';
import type { Command } from 'commander';

import { commandLine } from './command-line.js';
import { perform, type CommandContext } from './command-context.js';
import { registriesOf } from './plugin-options.js';
import { planEnd } from './plan-end.js';
import { joinProcesses } from './processes.js';
import { runEnd } from './run-end.js';
import {
  addMeasureOption,
  addRunOptions,
  outputOf,
  overridesOf,
  type RunCommandOptions,
} from './run-options.js';

/** What a command that trains is called, and what it trains. */
export interface TrainingCommand {
  readonly name: string;
  /** The task of its configs; left out: any, as the config says. */
  readonly task?: string;
  /** Shown below its help. */
  readonly examples: string;
}

/** Adds a command that trains from a config: plan or run, whatever the task. */
export function addTrainingCommand(
  program: Command,
  context: CommandContext,
  { name, task, examples }: TrainingCommand,
): void {
  addRunOptions(addMeasureOption(program.command(name)))
    .argument('<config>', 'YAML file of the run')
    .addHelpText('after', examples)
    .action(async (path: string, options: RunCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const registries = registriesOf(command);
        const set = overridesOf(options);
        const configured = await readTask(path, { registries, set, ...(task && { task }) });
        const out = outputOf(options, path);
        const { resume = false, force = false } = options;
        const run = { ...work, out, registries, resume, force, command: commandLine() };
        if (options.dryRun || options.measure) {
          return planEnd(await planTask(configured, run), configured, run, options);
        }
        const exchange = await joinProcesses(command.name());
        return runEnd(await runTask(configured, { ...run, exchange }));
      }),
    );
}
