import { parseConfig } from '@voxmim/core';
import { type Conversion, ConvertConfig, convertVolume } from '@voxmim/data/node';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';

interface ConvertCommandOptions {
  readonly orientation?: string;
  readonly spacing?: string;
  readonly like?: string;
  readonly interpolation?: string;
  readonly antiAlias?: boolean;
  readonly label?: boolean;
  readonly dtype?: string;
  readonly series?: string;
  readonly unevenSlices?: string;
  readonly duplicateSlices?: string;
  readonly force?: boolean;
}

/** Adds `voxmim convert`. */
export function addConvert(program: Command, context: CommandContext): void {
  program
    .command('convert')
    .description('Write a volume as NIfTI: from DICOM, turned, resampled, or in another type.')
    .argument('<in>', 'NIfTI file, DICOM file, or folder with DICOM series')
    .argument('<out>', 'file to write, .nii or .nii.gz')
    .option('--orientation <codes>', 'turn to these axis codes, such as RAS; no interpolation')
    .option('--spacing <mm>', 'resample to depth,height,width in mm, or one number for all three')
    .option('--like <file>', 'resample onto the grid of this volume')
    .option('--interpolation <name>', 'between voxels: nearest, linear (default) or cubic')
    .option('--anti-alias', 'blur detail finer than the new voxels away first')
    .option('--label', 'the voxels are class labels: nearest, smallest integer type')
    .option('--dtype <name>', 'type to store: uint8, int16, float32, … (default: as it is)')
    .option(
      '--series <n>',
      'which DICOM series, where there are several; without it they are listed',
    )
    .option('--uneven-slices <what>', 'DICOM slices at uneven distances: refuse or interpolate')
    .option('--duplicate-slices <what>', 'DICOM slices at one place: refuse, or take the first')
    .option('--force', 'replace the output')
    .addHelpText('after', EXAMPLES)
    .action(async (input: string, out: string, options: ConvertCommandOptions, command: Command) =>
      perform(command, context, async () => {
        const conversion = await convertVolume(input, out, configOf(options));
        return { text: formatConversion(conversion), data: { input, ...conversion } };
      }),
    );
}

function configOf(options: ConvertCommandOptions): ConvertConfig {
  const { label = false, force = false, antiAlias = false, dtype, spacing, series } = options;
  const { orientation, like, interpolation, unevenSlices, duplicateSlices } = options;
  const given = {
    ...{
      orientation,
      like,
      interpolation,
      unevenSlices,
      duplicateSlices,
      force,
      antiAlias,
      labels: label,
    },
    ...(dtype !== undefined && { datatype: dtype }),
    ...(series !== undefined && { series: Number(series) }),
    ...(spacing !== undefined && { spacing: spacingOf(spacing) }),
  };
  return parseConfig(ConvertConfig, given, 'convert');
}

/** `1.5` is `1.5,1.5,1.5`; what is no number is left to the schema to refuse. */
function spacingOf(text: string): number[] {
  const sizes = text.split(',').map(Number);
  const [size] = sizes;
  return sizes.length === 1 && size !== undefined ? [size, size, size] : sizes;
}

function formatConversion(conversion: Conversion): string {
  const { out, shape, channels, spacing, orientation, datatype, notes } = conversion;
  const sizes = spacing.map((size) => Number(size.toPrecision(4))).join(' × ');
  const extra = channels > 1 ? `, ${channels} channels` : '';
  const line = `${out}: [${shape.join(', ')}] voxels of ${sizes} mm, ${orientation}, ${datatype}${extra}`;
  return [line, ...notes.map((note) => `  note: ${note}`)].join('\n');
}

const EXAMPLES = `
Spacings and shapes are in the order depth, height, width: of a volume in RAS, superior first.

Examples:
  $ voxmim convert ./dicom-folder ct.nii.gz
  $ voxmim convert ./dicom-folder echo2.nii.gz --series 2
  $ voxmim convert scan.nii scan_ras.nii.gz --orientation RAS --spacing 2,1.5,1.5
  $ voxmim convert labels.nii.gz on_scan.nii.gz --like scan.nii.gz --label`;
