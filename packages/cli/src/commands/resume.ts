import { resumeRun } from '@voxmim/runs';
import { startBackend } from '@voxmim/runtime';
import type { Command } from 'commander';

import {
  addBackendOptions,
  backendOverrides,
  startOptionsOf,
  type BackendCommandOptions,
} from '../backend-options.js';
import { commandLine } from '../command-line.js';
import { perform, type CommandContext } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';
import { joinProcesses } from '../processes.js';
import { againLine } from '../resume-line.js';
import { runEnd } from '../run-end.js';
import { collect } from '../run-options.js';
import { studyEnd } from '../study-end.js';

interface ResumeCommandOptions extends BackendCommandOptions {
  readonly data?: string;
  readonly set: readonly string[];
}

/** Adds `voxmim resume`. */
export function addResume(program: Command, context: CommandContext): void {
  addBackendOptions(program.command('resume'))
    .argument('<run>', 'folder of the run or study')
    .option(
      '--data <dir>',
      'where its data lie now, when they were moved; their content is compared',
    )
    .option(
      '--set <field=value>',
      'change a field that does not change what is learned, such as steps=5000; repeatable',
      collect,
      [],
    )
    .addHelpText('after', EXAMPLES)
    .action(async (out: string, options: ResumeCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const { data, set } = options;
        const asked = backendOverrides(options).length > 0;
        const ended = await resumeRun({
          ...work,
          ...(asked && { backend: await startBackend(startOptionsOf(options)) }),
          out,
          exchange: await joinProcesses(command.name()),
          registries: registriesOf(command),
          command: commandLine(),
          set,
          ...(data !== undefined && { data }),
        });
        return ended.kind === 'study' ? studyEnd(ended.result, againLine()) : runEnd(ended.result);
      }),
    );
}

const EXAMPLES = `
It goes on from the last checkpoint, with the config in the folder, to the very numbers of a run that never stopped.

Examples:
  $ voxmim resume runs/mae
  $ voxmim resume runs/mae --data /new/place/of/the/data
  $ voxmim resume runs/mae --set steps=5000              train longer than was asked at first`;
