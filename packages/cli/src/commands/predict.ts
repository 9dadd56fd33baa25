import { predict } from '@voxmim/experiments';
import { startBackend } from '@voxmim/runtime';
import type { Command } from 'commander';

import {
  addBackendOptions,
  type BackendCommandOptions,
  startOptionsOf,
} from '../backend-options.js';
import { perform, type CommandContext } from '../command-context.js';
import { addLayoutOptions, layoutOf, type LayoutOptions } from '../layout-options.js';
import { registriesOf } from '../plugin-options.js';

interface PredictCommandOptions extends BackendCommandOptions, LayoutOptions {
  readonly out: string;
}

/** Adds `voxmim predict`. */
export function addPredict(program: Command, context: CommandContext): void {
  addLayoutOptions(addBackendOptions(program.command('predict')))
    .description('Segment volumes with a trained model; label maps are on the images’ own grids.')
    .argument('<run>', 'folder of a fine-tuning run (its best checkpoint is used), or a checkpoint')
    .argument('<input>', 'NIfTI file, folder of them, DICOM folder, data set, or list of files')
    .option('--out <dir>', 'folder of the label maps', 'predictions')
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, input: string, options: PredictCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const { out } = options;
        const backend = await startBackend(startOptionsOf(options));
        const layout = layoutOf(options);
        const result = await predict({
          ...{ run, input, out, layout, backend, ...work },
          registries: registriesOf(command),
        });
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
  $ voxmim predict runs/mae-10 ./new-scans --json | jq .files
  $ voxmim predict runs/two-channels ./imagesTs          a_0000.nii.gz and a_0001.nii.gz are one case, a
  $ voxmim predict runs/two-channels ./study --images "{case}/t1.nii.gz" --images "{case}/t2.nii.gz"`;
