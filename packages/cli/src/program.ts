import { Command } from 'commander';
import { createRequire } from 'node:module';

import type { CommandContext } from './command-context.js';
import { addBackends } from './commands/backends.js';
import { addCompare } from './commands/compare.js';
import { addConvert } from './commands/convert.js';
import { addEvaluate } from './commands/evaluate.js';
import { addExport } from './commands/export.js';
import { addFinetune } from './commands/finetune.js';
import { addInspect } from './commands/inspect.js';
import { addMasks } from './commands/masks.js';
import { addPhantom } from './commands/phantom.js';
import { addPredict } from './commands/predict.js';
import { addPreprocess } from './commands/preprocess.js';
import { addPretrain } from './commands/pretrain.js';
import { addQuickstart } from './commands/quickstart.js';
import { addReport } from './commands/report.js';
import { addSchema } from './commands/schema.js';
import { addStudy } from './commands/study.js';

/** Everything the command line has, as a commander program that throws instead of exiting. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('voxmim')
    .description(
      'Masked image modeling on 3D medical images: pretrain an encoder on volumes without labels,\n' +
        'fine-tune it to segment from few labels, and measure what the pretraining bought.',
    )
    .version(packageVersion(), '-v, --version', 'print the version')
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what this command takes)');
  for (const add of [
    addQuickstart,
    addPhantom,
    addInspect,
    addConvert,
    addPreprocess,
    addMasks,
    addPretrain,
    addFinetune,
    addStudy,
    addPredict,
    addEvaluate,
    addCompare,
    addReport,
    addExport,
    addSchema,
    addBackends,
  ]) {
    add(program, context);
  }
  inherit(program, context);
  return program;
}

const EXAMPLES = `
Start here:
  $ voxmim quickstart                           a few minutes, no data needed; ends with a report
With volumes of your own:
  $ voxmim inspect ./data                       what is in the folder, and what is wrong with it
  $ voxmim convert ./dicom-folder ct.nii.gz     DICOM to NIfTI, turned or resampled if asked
  $ voxmim pretrain recipes/hippocampus/pretrain.yaml --data ./Task04_Hippocampus --out runs/mae
  $ voxmim finetune recipes/hippocampus/finetune.yaml --data ./Task04_Hippocampus \\
      --set from.checkpoint=runs/mae --set labels.use=10 --out runs/few
  $ voxmim predict runs/few ./new-scans --out predictions
  $ voxmim evaluate predictions ./truth

Exit codes: 0 good, 1 failed or interrupted, 2 wrong use.`;

/** Commands throw, write to our terminal and know the global options. */
function inherit(program: Command, { terminal }: CommandContext): void {
  for (const command of allCommands(program)) {
    command.exitOverride().configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
    command
      .option('--json', 'print one JSON object on stdout; all else goes to stderr')
      .option('--debug', 'print stacks of errors')
      .option(
        '--allow-plugin <name>',
        'let a plugin that the config names run: a program with all your rights; repeatable',
        (name: string, names: readonly string[] | undefined) => [...(names ?? []), name],
      );
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

function packageVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../package.json');
  return isManifest(manifest) ? manifest.version : 'unknown';
}

function isManifest(value: unknown): value is { version: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    typeof value.version === 'string'
  );
}
