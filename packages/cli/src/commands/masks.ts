import { parseConfig, shape3 } from '@voxmim/core';
import { pictureMasks } from '@voxmim/runs';
import type { Command } from 'commander';
import * as z from 'zod';

import { perform, type CommandContext } from '../command-context.js';

const MasksCommandOptions = z.object({
  out: z.string(),
  ratio: z.coerce.number().gt(0).lt(1).optional(),
  patch: z.preprocess((text) => String(text).split(',').map(Number), shape3),
  seed: z.coerce.number().int(),
});

/** Adds `voxmim masks`. */
export function addMasks(program: Command, context: CommandContext): void {
  program
    .command('masks')
    .argument('<volume>', 'NIfTI file, or folder of one DICOM series')
    .option('--out <file.png>', 'the picture', 'masks.png')
    .option('--ratio <share>', 'share of the tokens hidden; default: each its own')
    .option('--patch <d,h,w>', 'voxels per token', '16,16,16')
    .option('--seed <n>', 'of the masks', '0')
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: unknown, command: Command) =>
      perform(command, context, async () => {
        const { out, ratio, patch, seed } = parseConfig(MasksCommandOptions, options, 'masks');
        const drawn = await pictureMasks({
          ...{ path, out, patchSize: patch, seed },
          ...(ratio !== undefined && { maskRatio: ratio }),
        });
        const lines = drawn.masks.map(
          ({ name, hidden, tokens }) => `${name.padEnd(12)}hides ${hidden} of ${tokens} tokens`,
        );
        return { text: [...lines, `Drawn in ${out}.`].join('\n'), data: { ...drawn } };
      }),
    );
}

const EXAMPLES = `
Examples:
  $ voxmim masks scan.nii.gz --out masks.png
  $ voxmim masks scan.nii.gz --ratio 0.6 --patch 8,16,16`;
