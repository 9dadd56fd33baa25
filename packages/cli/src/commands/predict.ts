import { parseConfig } from '@voxmim/core';
import { readIfThere } from '@voxmim/core/node';
import { SegmentCodeTable } from '@voxmim/formats/dicom-seg';
import {
  parseJson,
  parseRegion,
  predict,
  predictRows,
  predictsRows,
  type PredictOptions,
} from '@voxmim/runs';
import { startBackend } from '@voxmim/runtime';
import type { Command } from 'commander';
import * as z from 'zod';

import {
  addBackendOptions,
  type BackendCommandOptions,
  startOptionsOf,
} from '../backend-options.js';
import { perform, type CommandContext } from '../command-context.js';
import { addLayoutOptions, layoutOf, type LayoutOptions } from '../layout-options.js';
import { registriesOf } from '../plugin-options.js';

interface PredictCommandOptions extends BackendCommandOptions, LayoutOptions {
  readonly out: string;
  readonly overlap?: string;
  readonly tta?: boolean;
  readonly roi?: string;
  readonly probabilities?: boolean;
  readonly format: string;
  readonly segmentCodes?: string;
  readonly force?: boolean;
}

/** Adds `voxmim predict`. */
export function addPredict(program: Command, context: CommandContext): void {
  addFormatOptions(
    addInferenceOptions(addLayoutOptions(addBackendOptions(program.command('predict')))),
  )
    .argument(
      '<run>',
      'folder of a fine-tuning run (its best checkpoint is used), a checkpoint, or a .voxmim package',
    )
    .argument('<input>', 'NIfTI file, folder of them, DICOM folder, data set, or list of files')
    .option('--out <dir>', 'folder of the label maps', 'predictions')
    .option('--force', 'replace label maps that are there; never what is read')
    .addHelpText('after', EXAMPLES)
    .action(async (run: string, input: string, options: PredictCommandOptions, command: Command) =>
      perform(command, context, async (work) => {
        const { out, force = false, probabilities = false, roi } = options;
        const region = roi === undefined ? {} : { region: parseRegion(roi) };
        const asked = { inference: inferenceOf(options), ...(await formatOf(options)) };
        const backend = await startBackend(startOptionsOf(options));
        const layout = layoutOf(options);
        const registries = registriesOf(command);
        if (await predictsRows(run, registries)) {
          const rows = await predictRows({
            ...{ run, input, out, force, layout, backend, registries, ...work },
          });
          const text = `${rows.rows.length} predictions are in ${rows.csv}, by ${rows.checkpoint}.`;
          return { text, data: { ...rows, out }, ok: rows.complete };
        }
        const result = await predict({
          ...{ run, input, out, force, layout, probabilities, backend, registries },
          ...{ ...asked, ...region, ...work },
        });
        const { files, complete, checkpoint } = result;
        return {
          text: `${files.length} label maps are in ${out}, by ${checkpoint}.`,
          data: { ...result, out },
          ok: complete,
        };
      }),
    );
}

/** Adds what label maps are written as. */
function addFormatOptions(command: Command): Command {
  return command
    .option(
      '--format <name>',
      'nifti (.nii.gz), or dicom-seg (.dcm, for DICOM series: refers to their images)',
      'nifti',
    )
    .option(
      '--segment-codes <file>',
      'JSON for dicom-seg: {"liver": {"type": {"value": "10200004", "scheme": "SCT", "meaning": "Liver"}}}',
    );
}

/** Adds what is done otherwise than in training, and what is written beside the label maps. */
function addInferenceOptions(command: Command): Command {
  return command
    .option(
      '--overlap <share>',
      'share of a window that the next covers again, 0 to below 1; less is faster (default: as trained)',
    )
    .option(
      '--tta',
      'average over all eight mirror images: eight times the work, for models trained with flips',
    )
    .option(
      '--roi <box>',
      'look only there: a box of voxels of the image, such as x=10:90,y=0:64 (from 0, the last left out; axes as in ' +
        'NIfTI, those not given whole), or nonzero; all else becomes background',
    )
    .option(
      '--probabilities',
      'write the probability of each class too, as probabilities/<case>.nii.gz in the output folder: float32, one ' +
        'channel per class with the background first (of regions: one per region), on the grid of the image',
    );
}

const FORMATS = { nifti: 'nifti', 'dicom-seg': 'dicomSeg' } as const;
const Written = z.object({
  format: z.enum(['nifti', 'dicom-seg']),
  segmentCodes: z.string().optional(),
});

/** What label maps are written as. */
async function formatOf(
  options: PredictCommandOptions,
): Promise<Pick<PredictOptions, 'format' | 'codes'>> {
  const { format, segmentCodes } = parseConfig(Written, options, 'predict');
  if (segmentCodes === undefined) return { format: FORMATS[format] };
  const table = parseJson((await readIfThere(segmentCodes)) ?? '', segmentCodes);
  return { format: FORMATS[format], codes: parseConfig(SegmentCodeTable, table, segmentCodes) };
}

const Inference = z.object({
  overlap: z.coerce.number().min(0).lt(1).optional(),
  tta: z.boolean().optional(),
});

function inferenceOf(options: PredictCommandOptions): NonNullable<PredictOptions['inference']> {
  const { overlap, tta } = parseConfig(Inference, options, 'predict', 'See voxmim predict --help.');
  return { ...(overlap !== undefined && { overlap }), ...(tta && { mirror: true }) };
}

const EXAMPLES = `
Examples:
  $ voxmim predict runs/mae-10 scan.nii.gz --out predictions
  $ voxmim predict liver.voxmim scan.nii.gz           a package that voxmim package made
  $ voxmim predict runs/liver ./dicom-folder --format dicom-seg    for the archive that the images are in
  $ voxmim predict runs/mae-10 ./new-scans --json | jq .files
  $ voxmim predict runs/two-channels ./imagesTs          a_0000.nii.gz and a_0001.nii.gz are one case, a
  $ voxmim predict runs/two-channels ./study --images "{case}/t1.nii.gz" --images "{case}/t2.nii.gz"`;
