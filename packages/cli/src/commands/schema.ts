import { runJsonSchema, studySchema, taskSchema } from '@voxmim/presets';
import { loadPlugins } from '@voxmim/runs';
import type { Command } from 'commander';

import { builtInRegistries } from '../built-in-registries.js';
import type { CommandContext } from '../command-context.js';
import { collect } from '../run-options.js';

/** Adds `voxmim schema`. Its output is JSON with and without `--json`. */
export function addSchema(program: Command, { terminal }: CommandContext): void {
  program
    .command('schema')
    .argument('<task>', 'pretrain, finetune, classify, study, or the task of a plugin')
    .option('--plugin <name>', 'include the components of a plugin; repeatable', collect, [])
    .addHelpText('after', EXAMPLES)
    .action(async (task: string, { plugin }: { plugin: readonly string[] }) => {
      const registries = builtInRegistries();
      await loadPlugins(registries, plugin);
      const schema =
        task === 'study'
          ? studySchema(registries)
          : taskSchema(registries.tasks.get(task), registries);
      terminal.out(JSON.stringify(runJsonSchema(schema), null, 2));
    });
}

const EXAMPLES = `
Example:
  $ voxmim schema pretrain > pretrain.schema.json
  then make this the first line of a config, and editors with YAML support complete and check it:
  # yaml-language-server: $schema=./pretrain.schema.json`;
