import { compareRuns, formatRunComparison } from '@voxmim/runs';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';

/** Adds `voxmim compare`. */
export function addCompare(program: Command, context: CommandContext): void {
  program
    .command('compare')
    .argument('<runs...>', 'two folders or more, the one to compare with first')
    .option('--out <file>', 'also write an HTML page, such as compare.html')
    .option('--force', 'replace a page that is there')
    .addHelpText('after', EXAMPLES)
    .action(
      async (
        runs: string[],
        { out, force = false }: { readonly out?: string; readonly force?: boolean },
        command: Command,
      ) =>
        perform(command, context, async () => {
          const comparison = await compareRuns({
            folders: runs,
            ...(out !== undefined && { out, force }),
          });
          const written = out === undefined ? '' : `\n\nThe page is ${out}.`;
          return {
            text: `${formatRunComparison(comparison)}${written}`,
            data: { ...comparison, ...(out !== undefined && { out }) },
          };
        }),
    );
}

const EXAMPLES = `
Only cases that all were judged on count, and each is compared with itself. A difference is called better
or worse where its interval leaves out 0.

Examples:
  $ voxmim compare runs/scratch runs/mae
  $ voxmim compare runs/scratch runs/mae runs/simmim --out compare.html
  $ voxmim evaluate nnunet-output labelsTs --out judged && voxmim compare judged runs/mae --json`;
