import { finetune, planFinetune, readFinetuneConfig } from '@voxmim/runs';
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

/** Adds `voxmim finetune`. */
export function addFinetune(program: Command, context: CommandContext): void {
  addRunOptions(addMeasureOption(program.command('finetune')))
    .argument('<config>', 'YAML file of the run')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: RunCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const registries = registriesOf(command);
        const config = await readFinetuneConfig(path, { registries, set: overridesOf(options) });
        const out = outputOf(options, path);
        const { resume = false, force = false } = options;
        const run = { ...work, out, registries, resume, force, command: commandLine() };
        if (options.dryRun || options.measure) {
          return planEnd(await planFinetune(config, run), config, run, options);
        }
        const exchange = await joinProcesses(command.name());
        return runEnd(await finetune(config, { ...run, exchange }));
      }),
    );
}

const EXAMPLES = `
Examples:
  $ voxmim finetune recipes/hippocampus/finetune.yaml --data ./Task04_Hippocampus --out runs/scratch
  $ voxmim finetune recipes/hippocampus/finetune.yaml --data ./Task04_Hippocampus --out runs/mae-10 \\
      --set from.checkpoint=runs/mae --set labels.use=10          from a pretrained encoder, 10 labels
  $ voxmim finetune run.yaml --dry-run                            what it would do, and what it costs
  $ voxmim finetune run.yaml --measure                            … and how long it takes, by some real steps
  $ voxmim finetune run.yaml --out runs/mae-10 --resume           go on where it stopped
  $ mpirun -n 4 voxmim finetune run.yaml        four processes, each a part of every step (torchrun, srun: see docs/parallel.md)

The fields of the config: voxmim schema finetune`;
