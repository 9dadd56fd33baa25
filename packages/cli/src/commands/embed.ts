import { parseConfig } from '@voxmim/core';
import { PoolingConfig, TargetConfig } from '@voxmim/classify';
import { embedCases, formatProbes } from '@voxmim/runs';
import { startBackend } from '@voxmim/runtime';
import type { Command } from 'commander';

import {
  addBackendOptions,
  type BackendCommandOptions,
  startOptionsOf,
} from '../backend-options.js';
import { perform, type CommandContext } from '../command-context.js';
import { addLayoutOptions, layoutOf, type LayoutOptions } from '../layout-options.js';
import { registriesOf } from '../plugin-options.js';

interface EmbedCommandOptions extends BackendCommandOptions, LayoutOptions {
  readonly out: string;
  readonly levels?: string;
  readonly force?: boolean;
  readonly targets?: string;
  readonly column?: string;
  readonly values?: boolean;
  readonly group?: string;
}

/** Adds `voxmim embed`. */
export function addEmbed(program: Command, context: CommandContext): void {
  addLayoutOptions(addBackendOptions(program.command('embed')))
    .argument('<run>', 'folder of a run of any task, or a checkpoint: its encoder is used as it is')
    .argument('<input>', 'NIfTI file, folder of them, DICOM folder, data set, or list of files')
    .option('--out <dir>', 'folder of features.npy, features.csv and probes.json', 'features')
    .option('--levels <which>', 'deepest (default) or all levels of the encoder')
    .option('--targets <table>', 'a .csv or .tsv with a label per case: judges the features by it')
    .option(
      '--column <name>',
      'the column that holds it (default: label); without --targets, of the data set',
    )
    .option('--values', 'labels are numbers to be met, not classes')
    .option('--group <pattern>', 'which cases are of one patient, such as "^(patient\\d+)"')
    .option('--force', 'replace files that are there; never what is read')
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, input: string, options: EmbedCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const { out, force = false, levels } = options;
        const backend = await startBackend(startOptionsOf(options));
        const pooling = parseConfig(PoolingConfig, levels, '--levels');
        const probe = probeOf(options);
        const result = await embedCases({
          ...{ run, input, out, force, layout: layoutOf(options), pooling, backend, ...work },
          registries: registriesOf(command),
          ...(probe && { probe }),
        });
        const { cases, width, npy, csv, checkpoint, probes, complete } = result;
        const lines = [
          `${cases} cases, ${width} numbers each, by ${checkpoint}: ${npy} and ${csv}.`,
          ...(probes ? ['', formatProbes(probes)] : []),
        ];
        return { text: lines.join('\n'), data: { ...result }, ok: complete };
      }),
    );
}

function probeOf({ targets, column, values, group }: EmbedCommandOptions) {
  if (targets === undefined && column === undefined) return undefined;
  const named = {
    ...(targets !== undefined && { file: targets }),
    ...(column !== undefined && { column }),
  };
  return {
    target: parseConfig(TargetConfig, named, '--targets'),
    ...(values && { values }),
    ...(group !== undefined && { group }),
  };
}

const EXAMPLES = `
With labels, probes say what the features tell of them: the five nearest cases, and a linear map. They are fitted on the
cases that the run has trained on and judged on its test cases; where its split names others, a third is drawn to judge.

Examples:
  $ voxmim embed runs/mae ./new-scans --out features
  $ voxmim embed runs/acdc-mae ACDC --targets recipes/acdc/phases.csv --group "^(patient\\d+)"
  $ voxmim embed runs/mae ./bids --column sex --levels all --json`;
