import { Command } from 'commander';
import { createRequire } from 'node:module';

import type { CommandContext } from './command-context.js';
import { listedCommands } from './command-list.js';

/**
 * The command line as a commander program that throws instead of exiting. Only commands that the
 * words of the command line name are whole; the others are lines of the help, which so comes at once.
 */
export async function createProgram(
  context: CommandContext,
  argv: readonly string[],
): Promise<Command> {
  const program = new Command('voxmim')
    .description(
      'Masked image modeling on 3D medical images: pretrain an encoder on volumes without labels, ' +
        'fine-tune it to segment from few labels, and measure what the pretraining bought.',
    )
    .version(packageVersion(), '-v, --version', 'print the version')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help for what this command takes)');
  for (const { name, description, load } of listedCommands) {
    if (argv.includes(name)) (await load())(program, context);
    else program.command(name);
    program.commands.at(-1)?.description(description);
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
  $ voxmim resume runs/few                      goes on with what was stopped or killed
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
