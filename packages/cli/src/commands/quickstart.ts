import { parseConfig } from '@voxmim/core';
import { quickstart } from '@voxmim/runs';
import { startBackend } from '@voxmim/runtime';
import type { Command } from 'commander';
import * as z from 'zod';

import {
  addBackendOptions,
  type BackendCommandOptions,
  startOptionsOf,
} from '../backend-options.js';
import { commandLine } from '../command-line.js';
import { perform, type CommandContext } from '../command-context.js';
import { collect } from '../run-options.js';
import { againLine } from '../resume-line.js';
import { studyEnd } from '../study-end.js';

const QuickstartCommandOptions = z.object({
  out: z.string(),
  size: z.enum(['full', 'small']).optional(),
  set: z.array(z.string()).readonly(),
  seed: z.coerce.number().int(),
  resume: z.boolean().default(false),
  force: z.boolean().default(false),
});

/** Adds `voxmim quickstart`. */
export function addQuickstart(program: Command, context: CommandContext): void {
  addBackendOptions(program.command('quickstart'))
    .option('--out <dir>', 'folder of data, runs and report', 'voxmim-quickstart')
    .option('--size <name>', 'full, or small where the backend is slow')
    .option('--seed <n>', 'of the synthetic volumes', '1')
    .option('--set <field=value>', 'change a field of its study; repeatable', collect, [])
    .option('--resume', 'go on with what is in the output folder')
    .option('--force', 'start anew in the output folder')
    .addHelpText('after', EXAMPLES)
    .action(async (given: BackendCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const options = parseConfig(QuickstartCommandOptions, given, 'quickstart');
        const { out, seed, set, resume, force, size } = options;
        const backend = await startBackend(startOptionsOf(given));
        work.monitor.note(`Backend ${backend.name} ${backend.version} on ${backend.device}.`);
        const run = {
          ...work,
          out,
          seed,
          set,
          resume,
          force,
          backend,
          command: commandLine(),
          ...(size && { size }),
        };
        return studyEnd(await quickstart(run), againLine());
      }),
    );
}

const EXAMPLES = `
Examples:
  $ voxmim quickstart
  $ voxmim quickstart --out /tmp/first-look --seed 7 --force
  $ voxmim quickstart --set pretrain.steps=60 --set finetune.steps=60      a shorter one`;
