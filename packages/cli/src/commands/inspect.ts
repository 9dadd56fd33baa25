import { parseConfig } from '@voxmim/core';
import { formatInspection, inspectData } from '@voxmim/runs';
import type { Command } from 'commander';
import * as z from 'zod';

import { perform, type CommandContext } from '../command-context.js';
import { addDicomOptions, dicomOf, type DicomOptions } from '../dicom-options.js';
import { addLayoutOptions, layoutOf, type LayoutOptions } from '../layout-options.js';
import { registriesWith } from '../plugin-options.js';
import { collect } from '../run-options.js';

const InspectCommandOptions = z.object({
  limit: z.coerce.number().int().positive().optional(),
  picture: z.string().optional(),
  fingerprint: z
    .union([z.string(), z.literal(true).transform(() => 'fingerprint.json')])
    .optional(),
  plugin: z.array(z.string()),
});

/** Adds `voxmim inspect`. */
export function addInspect(program: Command, context: CommandContext): void {
  const command = program
    .command('inspect')
    .argument('<path>', 'file, folder of files, or data set')
    .option('--limit <n>', 'read at most so many cases')
    .option('--picture <file.png>', 'write three planes of the first case with its labels')
    .option(
      '--fingerprint [file.json]',
      'write what preprocessing depends on, and propose spacing, crop and token size',
    )
    .option('--plugin <name>', 'read the formats of a plugin too; repeatable', collect, [])
    .addHelpText('after', EXAMPLES);
  addLayoutOptions(addDicomOptions(command)).action(
    async (path: string, options: DicomOptions & LayoutOptions, self: Command) =>
      perform(self, context, async ({ monitor }) => {
        const { limit, picture, fingerprint, plugin } = parseConfig(
          InspectCommandOptions,
          options,
          'inspect',
        );
        const registries = await registriesWith(plugin);
        const inspection = await inspectData({
          path,
          monitor,
          layout: layoutOf(options),
          dicom: dicomOf(options),
          readers: registries.readers,
          ...(limit !== undefined && { limit }),
          ...(picture !== undefined && { picture }),
          ...(fingerprint !== undefined && { fingerprint }),
        });
        const isSound = inspection.damaged.length === 0;
        return { text: formatInspection(inspection), data: { ...inspection }, isSound };
      }),
  );
}

const EXAMPLES = `
Exits with 1 where a file is damaged; with --json "damaged" names the cases.

Examples:
  $ voxmim inspect ./Task04_Hippocampus --limit 20 --picture planes.png
  $ voxmim inspect ./Task04_Hippocampus --fingerprint hippocampus.json
  $ voxmim inspect ./study --images "{case}/{case}_t1.nii.gz" --labels "{case}/{case}_seg.nii.gz"
  $ voxmim inspect ./bids --suffix FLAIR --suffix T1w
  $ voxmim inspect ./dicom-folder --gantry-tilt refuse --uneven-slices interpolate
  $ voxmim inspect scan.nii.gz --json`;
