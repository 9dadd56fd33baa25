import { EvaluationConfig } from '@voxmim/presets';
import { evaluateFolders, evaluationTable } from '@voxmim/runs';
import { parseConfig } from '@voxmim/core';
import { RegionsConfig } from '@voxmim/volumes';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';
import { registriesWith } from '../plugin-options.js';
import { collect } from '../run-options.js';

interface EvaluateCommandOptions {
  readonly out?: string;
  readonly plugin: readonly string[];
  readonly classes?: string;
  readonly regions?: string;
  readonly policy?: string;
  readonly tolerance?: string;
  readonly hd95?: string;
  readonly force?: boolean;
}

/** Adds `voxmim evaluate`. */
export function addEvaluate(program: Command, context: CommandContext): void {
  program
    .command('evaluate')
    .argument('<predictions>', 'folder of label maps')
    .argument('<truth>', 'folder of true label maps with the same names, or a data set')
    .option('--classes <names>', 'class names, background first, separated by commas')
    .option('--regions <list>', 'judge sets of labels instead, such as "TC=2,3;WT=1,2,3;ET=3"')
    .option('--policy <name>', 'what a missing class counts for: nnunet, monai or monaiScoreEmpty')
    .option('--tolerance <mm>', 'tolerance of the normalized surface distance')
    .option('--hd95 <name>', 'convention of HD95: monai or medpy')
    .option('--plugin <name>', 'read the formats of a plugin too; repeatable', collect, [])
    .option('--out <dir>', 'also write evaluation.json and evaluation.txt there')
    .option('--force', 'replace them where they are there')
    .addHelpText('after', EXAMPLES)
    .action(
      async (
        predictions: string,
        truth: string,
        options: EvaluateCommandOptions,
        command: Command,
      ) =>
        perform(command, context, async ({ monitor }) => {
          const { out, classes, regions, force = false } = options;
          const registries = await registriesWith(options.plugin);
          const result = await evaluateFolders({
            predictions,
            truth,
            monitor,
            readers: registries.readers,
            force,
            conventions: conventionsOf(options),
            ...(classes !== undefined && {
              classes: classes.split(',').map((name) => name.trim()),
            }),
            ...(regions !== undefined && { regions: regionsOf(regions) }),
            ...(out !== undefined && { out }),
          });
          return { text: evaluationTable(result), data: { ...result } };
        }),
    );
}

function conventionsOf({ policy, tolerance, hd95 }: EvaluateCommandOptions): EvaluationConfig {
  const given = {
    ...(policy !== undefined && { policy }),
    ...(tolerance !== undefined && { nsdToleranceMm: Number(tolerance) }),
    ...(hd95 !== undefined && { hd95 }),
  };
  return parseConfig(EvaluationConfig, given, 'evaluate');
}

function regionsOf(list: string): RegionsConfig {
  const regions = list.split(';').map((entry) => {
    const [name = '', labels = ''] = entry.split('=');
    return { name: name.trim(), labels: labels.split(',').map(Number) };
  });
  return parseConfig(RegionsConfig, regions, '--regions');
}

const EXAMPLES = `
Examples:
  $ voxmim evaluate predictions ./Task04_Hippocampus
  $ voxmim evaluate nnunet-output labelsTs --classes background,liver,tumor --policy monai --out .
  $ voxmim evaluate predictions ./Task01_BrainTumour --regions "TC=2,3;WT=1,2,3;ET=3"`;
