import { planPretrain, pretrain, readPretrainConfig } from '@voxmim/runs';
import type { Command } from 'commander';

import { commandLine } from '../command-line.js';
import { perform, type CommandContext } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';
import { planEnd } from '../plan-end.js';
import { joinProcesses } from '../processes.js';
import { runEnd } from '../run-end.js';
import {
  addMeasureOption,
  addRunOptions,
  outputOf,
  overridesOf,
  type RunCommandOptions,
} from '../run-options.js';

/** Adds `voxmim pretrain`. */
export function addPretrain(program: Command, context: CommandContext): void {
  addRunOptions(addMeasureOption(program.command('pretrain')))
    .argument('<config>', 'YAML file of the run')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: RunCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const registries = registriesOf(command);
        const config = await readPretrainConfig(path, { registries, set: overridesOf(options) });
        const out = outputOf(options, path);
        const { resume = false, force = false } = options;
        const run = { ...work, out, registries, resume, force, command: commandLine() };
        if (options.dryRun || options.measure) {
          return planEnd(await planPretrain(config, run), config, run, options);
        }
        const exchange = await joinProcesses(command.name());
        return runEnd(await pretrain(config, { ...run, exchange }));
      }),
    );
}

const EXAMPLES = `
Examples:
  $ voxmim pretrain recipes/hippocampus/pretrain.yaml --data ./Task04_Hippocampus --out runs/mae
  $ voxmim pretrain run.yaml --dry-run                            what it would do, and what it costs
  $ voxmim pretrain run.yaml --measure                            … and how long it takes, by some real steps
  $ voxmim pretrain run.yaml --set encoder.depth=6 --set steps=500
  $ voxmim pretrain run.yaml --out runs/mae --resume              go on where it stopped
  $ mpirun -n 4 voxmim pretrain run.yaml        four processes, each a part of every step (torchrun, srun: see docs/parallel.md)

The fields of the config: voxmim schema pretrain`;
