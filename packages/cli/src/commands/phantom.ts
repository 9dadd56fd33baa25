import { parseConfig } from '@voxmim/core';
import { openDataset, writePhantomDataset } from '@voxmim/datasets/node';
import type { Command } from 'commander';
import * as z from 'zod';

import { perform, type CommandContext } from '../command-context.js';

const PhantomOptions = z.object({
  count: z.coerce.number().int().positive(),
  seed: z.coerce.number().int(),
  force: z.boolean().default(false),
});

/** Adds `voxmim phantom`. */
export function addPhantom(program: Command, context: CommandContext): void {
  program
    .command('phantom')
    .argument('<dir>', 'folder to write')
    .option('--count <n>', 'volumes', '40')
    .option('--seed <n>', 'the same seed gives the same volumes', '0')
    .option('--force', 'replace files that are there')
    .addHelpText('after', '\nExample:\n  $ voxmim phantom ./phantom --count 60 --seed 1')
    .action(async (dir: string, options: unknown, command: Command) =>
      perform(command, context, async ({ monitor }) => {
        const { count, seed, force } = parseConfig(PhantomOptions, options, 'phantom');
        await writePhantomDataset(dir, {
          seed,
          count,
          force,
          onVolume: (done, total) =>
            monitor.progress({ stage: 'drawing phantoms', done, total, unit: 'volumes' }),
        });
        const { classes } = await openDataset(dir);
        return {
          text: `${count} volumes with ${classes.length - 1} organs are in ${dir}.`,
          data: { dir, count, seed, classes },
        };
      }),
    );
}
