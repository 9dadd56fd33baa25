import { exportCheckpoint } from '@voxmim/runs';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';

interface ExportCommandOptions {
  readonly dynamicBatch?: boolean;
  readonly reconstruction?: boolean;
  readonly force?: boolean;
}

/** Adds `voxmim export`. */
export function addExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .argument('<run>', 'folder of a run, or a checkpoint')
    .argument('<file>', 'the .onnx file to write')
    .option('--dynamic-batch', 'leave the number of windows open')
    .option('--reconstruction', 'of a masked pretraining: what it makes of what a mask hides')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', DETAILS)
    .action(
      async (
        run: string,
        out: string,
        { dynamicBatch = false, reconstruction = false, force = false }: ExportCommandOptions,
        command: Command,
      ) =>
        perform(command, context, async ({ monitor }) => {
          const result = await exportCheckpoint({
            ...{ run, out, dynamicBatch, force, monitor },
            part: reconstruction ? 'reconstruction' : 'outputs',
            registries: registriesOf(command),
          });
          const { bytes, inputShape, outputs, difference, checkpoint } = result;
          const [batch, ...window] = inputShape;
          const shape = [dynamicBatch ? 'B' : batch, ...window].join(', ');
          return {
            text:
              `${out} (${(bytes / 1e6).toFixed(1)} MB) takes volumes [${shape}] and gives ` +
              `${outputs.join(', ')}, as ${checkpoint} does: they differ by at most ` +
              `${difference.toExponential(1)} of the largest number.`,
            data: { ...result },
          };
        }),
    );
}

const DETAILS = `
Of a fine-tuning run the file gives the logits of a window, of a pretraining run the features of the
encoder, level0 … levelN, or with --reconstruction the volume with what a mask hides filled in: its inputs
are the ids of the visible and of the hidden tokens, the places [L] that are hidden (1), and volumes. Axes are [B, D, H, W, C]; window, classes and preprocessing are in the
file's metadata under "voxmim", as JSON.

Examples:
  $ voxmim export runs/few model.onnx
  $ voxmim export runs/mae encoder.onnx --dynamic-batch --json`;
