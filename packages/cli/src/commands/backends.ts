import { listBackends, type BackendReport } from '@voxmim/runtime';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';

/** Adds `voxmim backends`. */
export function addBackends(program: Command, context: CommandContext): void {
  program
    .command('backends')
    .description('List TF.js backends: what is here, how fast it is, and how to get the rest.')
    .option('--quick', 'do not measure')
    .action(async ({ quick = false }: { quick?: boolean }, command: Command) =>
      perform(command, context, async () => {
        const backends = await listBackends({ secondsEach: quick ? 0 : 1 });
        return { text: backends.map(lines).join('\n'), data: { backends } };
      }),
    );
}

function lines(report: BackendReport): string {
  const { name, state, version, device, speed, reason, howToGet, defects = [] } = report;
  const facts = state === 'ready' ? [version, device].filter(Boolean).join(', ') : (reason ?? '');
  return [
    `${name.padEnd(14)} ${state.padEnd(8)} ${facts}`,
    ...(speed ? [`${' '.repeat(15)}${JSON.stringify(speed)}`] : []),
    ...defects.map((defect) => `${' '.repeat(15)}routed around: ${defect}`),
    ...(state === 'ready' ? [] : [`${' '.repeat(15)}to get it: ${howToGet}`]),
  ].join('\n');
}
