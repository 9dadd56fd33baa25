import { predict } from '@voxmim/experiments';
import { startBackend } from '@voxmim/runtime';
import type { Command } from 'commander';

import {
  addBackendOptions,
  type BackendCommandOptions,
  startOptionsOf,
} from '../backend-options.js';
import { perform, type CommandContext } from '../command-context.js';

interface PredictCommandOptions extends BackendCommandOptions {
  readonly out: string;
}

/** Adds `voxmim predict`. */
export function addPredict(program: Command, context: CommandContext): void {
  addBackendOptions(program.command('predict'))
    .description('Segment volumes with a trained model; label maps are on the images’ own grids.')
    .argument('<run>', 'folder of a fine-tuning run (its best checkpoint is used), or a checkpoint')
    .argument('<input>', 'NIfTI file, folder of them, or data set')
    .option('--out <dir>', 'folder of the label maps', 'predictions')
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, input: string, options: PredictCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const { out } = options;
        const backend = await startBackend(startOptionsOf(options));
        const result = await predict({ run, input, out, backend, ...work });
        const { files, complete, checkpoint } = result;
        return {
          text: `${files.length} label maps are in ${out}, by ${checkpoint}.`,
          data: { ...result, out },
          ok: complete,
        };
      }),
    );
}

const EXAMPLES = `
Examples:
  $ voxmim predict runs/mae-10 scan.nii.gz --out predictions
  $ voxmim predict runs/mae-10 ./new-scans --json | jq .files`;
