import { preprocessData, readPreprocessConfig, type PreprocessResult } from '@voxmim/runs';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';
import { collect, overridesOf } from '../run-options.js';

interface PreprocessCommandOptions {
  readonly data?: string;
  readonly set: readonly string[];
}

/** Adds `voxmim preprocess`. */
export function addPreprocess(program: Command, context: CommandContext): void {
  program
    .command('preprocess')
    .argument('<config>', 'YAML file of the run, or a data set to be pretrained on by default')
    .option('--data <dir>', 'folder of the volumes; replaces data.path of the config')
    .option(
      '--set <field=value>',
      'change a field, such as data.cache.dir=/scratch/cache; repeatable',
      collect,
      [],
    )
    .addHelpText('after', EXAMPLES)
    .action(async (path: string, options: PreprocessCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const registries = registriesOf(command);
        const set = overridesOf(options);
        const config = await readPreprocessConfig(path, { registries, set });
        const result = await preprocessData(config, { ...work, registries });
        const ok = result.complete && result.failed.length === 0;
        return { text: formatPreprocess(result), data: { ...result }, ok };
      }),
    );
}

function formatPreprocess(result: PreprocessResult): string {
  const { folder, cases, prepared, present, failed, cacheBytes, complete } = result;
  return [
    `${cases} cases: ${prepared} prepared now, ${present} were there already, ${failed.length} failed.`,
    `The cache ${folder} holds ${(cacheBytes / 2 ** 30).toFixed(2)} GiB.`,
    ...failed.map(({ message }) => `- ${message}`),
    ...(complete ? [] : ['Stopped early; the same command goes on from here.']),
  ].join('\n');
}

const EXAMPLES = `
Examples:
  $ voxmim preprocess recipes/hippocampus/pretrain.yaml --data ./Task04_Hippocampus
  $ voxmim preprocess run.yaml --set data.cache.dir=/scratch/cache --set data.workers=8 --json`;
