import { formatStudyPlan, planStudy, readStudyConfig, runStudy } from '@voxmim/runs';
import type { Command } from 'commander';

import { backendOverrides } from '../backend-options.js';
import { perform, type CommandContext } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';
import { addRunOptions, outputOf, type RunCommandOptions } from '../run-options.js';
import { studyEnd } from '../study-end.js';

/** Adds `voxmim study`. */
export function addStudy(program: Command, context: CommandContext): void {
  addRunOptions(program.command('study'))
    .description('Compare training from scratch with fine-tuning, by number of labels and seed.')
    .argument('<config>', 'YAML file of the study')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: RunCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const { data, set, resume = false, force = false } = options;
        const registries = registriesOf(command);
        const study = await readStudyConfig(path, {
          registries,
          set: [
            ...set,
            ...(data === undefined ? [] : [`pretrain.data.path=${data}`]),
            ...backendOverrides(options, 'pretrain.'),
          ],
        });
        const out = outputOf(options, path);
        const run = { ...work, out, registries, resume, force };
        if (options.dryRun) {
          const plan = await planStudy(study, run);
          return { text: formatStudyPlan(plan), data: { plan } };
        }
        return studyEnd(await runStudy(study, run), command);
      }),
    );
}

const EXAMPLES = `
Examples:
  $ voxmim study recipes/hippocampus/study.yaml --data ./Task04_Hippocampus --out runs/study
  $ voxmim study study.yaml --set labels=[5,10] --set seeds=[0] --set pretrain.steps=500
  $ voxmim study study.yaml --dry-run                 what it would do, and what it costs

The fields of the config: voxmim schema study`;
