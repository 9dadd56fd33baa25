import { exportCheckpoint } from '@voxmim/runs';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';

/** Adds `voxmim export`. */
export function addExport(program: Command, context: CommandContext): void {
  program
    .command('export')
    .argument('<run>', 'folder of a run, or a checkpoint')
    .argument('<file>', 'the .onnx file to write')
    .option('--dynamic-batch', 'leave the number of windows open')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', DETAILS)
    .action(
      async (
        run: string,
        out: string,
        { dynamicBatch = false, force = false }: { dynamicBatch?: boolean; force?: boolean },
        command: Command,
      ) =>
        perform(command, context, async ({ monitor }) => {
          const result = await exportCheckpoint({
            ...{ run, out, dynamicBatch, force, monitor },
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
encoder, level0 … levelN. Axes are [B, D, H, W, C]; window, classes and preprocessing are in the
file's metadata under "voxmim", as JSON.

Examples:
  $ voxmim export runs/few model.onnx
  $ voxmim export runs/mae encoder.onnx --dynamic-batch --json`;
