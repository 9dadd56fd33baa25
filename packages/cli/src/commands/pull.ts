import { pullPackage } from '@voxmim/runs';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';

/** Adds `voxmim pull`. */
export function addPull(program: Command, context: CommandContext): void {
  program
    .command('pull')
    .argument('<repository>', 'https://HUB/OWNER/NAME, with @REVISION where it is not main')
    .option('--cache <dir>', 'where packages are kept (default: hub in the cache of voxmim)')
    .addHelpText('after', EXAMPLES)
    .action(async (from: string, options: { readonly cache?: string }, command: Command) =>
      perform(command, context, async ({ monitor, signal }) => {
        const result = await pullPackage({ from, ...options, monitor, signal });
        return { text: result.path, data: { ...result } };
      }),
    );
}

const EXAMPLES = `
It prints the path of the package, each entry of which was held against its SHA-256.

Examples:
  $ voxmim predict $(voxmim pull https://hub.hospital.example/radiology/liver) scan.nii.gz
  $ voxmim pull https://hub.hospital.example/radiology/liver@v2 --cache ./models`;
