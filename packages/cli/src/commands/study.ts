import { createRegistries, readStudyConfig, runStudy } from '@voxmim/experiments';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';
import { addTrainingOptions, outputOf, type RunCommandOptions } from '../run-options.js';
import { studyEnd } from '../study-end.js';

/** Adds `voxmim study`. */
export function addStudy(program: Command, context: CommandContext): void {
  addTrainingOptions(program.command('study'))
    .description('Compare training from scratch with fine-tuning, by number of labels and seed.')
    .argument('<config>', 'YAML file of the study')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: RunCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const { data, backend, set, resume = false, force = false } = options;
        const registries = createRegistries();
        const config = await readStudyConfig(path, {
          registries,
          set: [
            ...set,
            ...(data === undefined ? [] : [`pretrain.data.path=${data}`]),
            ...(backend === undefined ? [] : [`pretrain.backend=${backend}`]),
          ],
        });
        const out = outputOf(options, path);
        return studyEnd(
          await runStudy(config, { ...work, out, registries, resume, force }),
          command,
        );
      }),
    );
}

const EXAMPLES = `
Examples:
  $ voxmim study recipes/hippocampus/study.yaml --data ./Task04_Hippocampus --out runs/study
  $ voxmim study study.yaml --set labels=[5,10] --set seeds=[0] --set pretrain.steps=500`;
