import { readRun, writeReport } from '@voxmim/runs';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';

/** Adds `voxmim report`. */
export function addReport(program: Command, context: CommandContext): void {
  program
    .command('report')
    .argument('<run>', 'folder of a run, a study or a quickstart')
    .addHelpText('after', '\nExample:\n  $ voxmim report runs/mae && open runs/mae/report.html')
    .action(async (run: string, _options: unknown, command: Command) =>
      perform(command, context, async () => {
        const report = await writeReport(run, await readRun(run, registriesOf(command)));
        return { text: `The report is ${report}.`, data: { report } };
      }),
    );
}
