import { parseConfig } from '@voxmim/core';
import { createRegistries, runJsonSchema } from '@voxmim/presets';
import { loadPlugins } from '@voxmim/runs';
import type { Command } from 'commander';
import * as z from 'zod';

import type { CommandContext } from '../command-context.js';
import { collect } from '../run-options.js';

const TaskName = z.enum(['pretrain', 'finetune', 'study']);

/** Adds `voxmim schema`. Its output is JSON with and without `--json`. */
export function addSchema(program: Command, { terminal }: CommandContext): void {
  program
    .command('schema')
    .argument('<task>', 'pretrain, finetune or study')
    .option('--plugin <name>', 'include the components of a plugin; repeatable', collect, [])
    .addHelpText('after', EXAMPLES)
    .action(async (task: string, { plugin }: { plugin: readonly string[] }) => {
      const name = parseConfig(TaskName, task, 'task');
      const registries = createRegistries();
      await loadPlugins(registries, plugin);
      terminal.out(JSON.stringify(runJsonSchema(name, registries), null, 2));
    });
}

const EXAMPLES = `
Example:
  $ voxmim schema pretrain > pretrain.schema.json
  then make this the first line of a config, and editors with YAML support complete and check it:
  # yaml-language-server: $schema=./pretrain.schema.json`;
