import { pushPackage } from '@voxmim/runs';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';

/** Adds `voxmim push`. */
export function addPush(program: Command, context: CommandContext): void {
  program
    .command('push')
    .argument('<file>', 'a .voxmim package')
    .argument('<repository>', 'https://HUB/OWNER/NAME; made, private, where it is not there')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, to: string, _options: unknown, command: Command) =>
      perform(command, context, async ({ monitor }) => {
        const result = await pushPackage({ file, to, monitor });
        return { text: `${file} is at ${result.url}.`, data: { ...result } };
      }),
    );
}

const EXAMPLES = `
The token comes from VOXMIM_TOKEN or HF_TOKEN, and goes to that hub alone.

Example:
  $ VOXMIM_TOKEN=… voxmim push liver.voxmim https://hub.hospital.example/radiology/liver`;
