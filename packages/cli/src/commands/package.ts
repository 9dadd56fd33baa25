import { makePackage, type PackageResult } from '@voxmim/runs';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';
import { registriesOf } from '../plugin-options.js';

interface PackageCommandOptions {
  readonly name?: string;
  readonly license?: string;
  readonly modality?: string;
  readonly intendedUse?: string;
  readonly force?: boolean;
}

/** Adds `voxmim package`. */
export function addPackage(program: Command, context: CommandContext): void {
  program
    .command('package')
    .argument('<run>', 'folder of a fine-tuning (its best checkpoint is taken) or a pretraining')
    .argument('<file>', 'the .voxmim file to write')
    .option('--name <text>', 'what the model is called (default: as the file)')
    .option('--license <id>', 'license of the weights, such as CC-BY-4.0 (default: not stated)')
    .option('--modality <name>', 'what it is made for, such as CT or MR (DICOM tells by itself)')
    .option('--intended-use <text>', 'for which scans and decisions it is made')
    .option('--force', 'replace a file that is there')
    .addHelpText('after', DETAILS)
    .action(async (run: string, out: string, options: PackageCommandOptions, command: Command) =>
      perform(command, context, async ({ monitor }) => {
        const registries = registriesOf(command);
        const result = await makePackage({ ...options, run, out, monitor, registries });
        return { text: formatPackage(result), data: { ...result } };
      }),
    );
}

function formatPackage({ out, bytes, manifest, card, checkpoint }: PackageResult): string {
  const dice = card.scores?.mean.dice.mean;
  const score = dice == null ? '' : `, mean Dice ${dice.toFixed(3)}`;
  const missing = [
    ...(card.license === null ? ['--license'] : []),
    ...(card.data.modality === null ? ['--modality'] : []),
    ...(card.intendedUse === null ? ['--intended-use'] : []),
  ];
  return [
    `${out} (${(bytes / 1e6).toFixed(1)} MB) holds ${manifest.name}${score}: ${checkpoint}.`,
    ...(missing.length > 0 ? [`Its card says nothing yet for ${missing.join(', ')}.`] : []),
    ...(manifest.plugins.length > 0
      ? [`Who uses it needs the plugins ${manifest.plugins.join(', ')}: they are not in it.`]
      : []),
  ].join('\n');
}

const DETAILS = `
One file to hand over: weights, ONNX, config, labels with colors, SHA-256 of each, and a model card (README.md and
card.json) with what the run measured: data, scores with intervals, limits. Ids of cases, paths and plugins do
not go in. It is a zip archive: unzip -p model.voxmim README.md shows the card.

Examples:
  $ voxmim package runs/few liver.voxmim --license CC-BY-4.0 --modality CT
  $ voxmim predict liver.voxmim ./new-scans --out predictions
  $ voxmim finetune run.yaml --set from.checkpoint=liver.voxmim --set from.part=all`;
