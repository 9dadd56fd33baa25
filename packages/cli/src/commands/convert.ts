import { parseConfig } from '@voxmim/core';
import { type Conversion, ConvertConfig, convertVolume } from '@voxmim/formats/node';
import type { Command } from 'commander';

import { perform, type CommandContext } from '../command-context.js';
import { addDicomOptions, dicomOf, type DicomOptions } from '../dicom-options.js';
import { registriesWith } from '../plugin-options.js';
import { collect } from '../run-options.js';

interface ConvertCommandOptions extends DicomOptions {
  readonly orientation?: string;
  readonly spacing?: string;
  readonly sizeConvention?: string;
  readonly like?: string;
  readonly interpolation?: string;
  readonly antiAlias?: boolean;
  readonly separateSlices?: boolean;
  readonly outside?: string;
  readonly label?: boolean;
  readonly dtype?: string;
  readonly series?: string;
  readonly plugin: readonly string[];
  readonly force?: boolean;
}

/** Adds `voxmim convert`. */
export function addConvert(program: Command, context: CommandContext): void {
  const command = program
    .command('convert')
    .argument('<in>', 'NIfTI file, DICOM file, or folder with DICOM series')
    .argument('<out>', 'file to write, .nii or .nii.gz')
    .option('--orientation <codes>', 'turn to these axis codes, such as RAS; no interpolation')
    .option('--spacing <mm>', 'resample to depth,height,width in mm, or one number for all three')
    .option(
      '--size-convention <name>',
      'a spacing keeps the centers of corner voxels: monai (default), or their faces: nnunet',
    )
    .option('--like <file>', 'resample onto the grid of this volume')
    .option(
      '--interpolation <name>',
      'images: nearest, linear (default) or cubic; labels: nearest (default) or oneHotLinear',
    )
    .option('--anti-alias', 'blur detail finer than the new voxels away first')
    .option('--separate-slices', 'do not mix slices over three times as far apart as pixels')
    .option('--outside <value>', 'value where the input has none (default: its lowest; labels: 0)')
    .option('--label', 'the voxels are class labels: never mixed, smallest integer type')
    .option('--dtype <name>', 'type to store: uint8, int16, float32, … (default: as it is)')
    .option(
      '--series <n>',
      'which DICOM series, where there are several; without it they are listed',
    )
    .option('--plugin <name>', 'read the formats of a plugin too; repeatable', collect, [])
    .option('--force', 'replace the output')
    .addHelpText('after', EXAMPLES);
  addDicomOptions(command).action(
    async (input: string, out: string, options: ConvertCommandOptions, self: Command) =>
      perform(self, context, async () => {
        const { readers } = await registriesWith(options.plugin);
        const conversion = await convertVolume(input, out, configOf(options), readers);
        return { text: formatConversion(conversion), data: { input, ...conversion } };
      }),
  );
}

function configOf(options: ConvertCommandOptions): ConvertConfig {
  const { orientation, like, interpolation, sizeConvention } = options;
  const { label = false, force = false, antiAlias = false, separateSlices = false } = options;
  const { dtype, spacing, series, outside } = options;
  const given = {
    ...{ orientation, like, interpolation, sizeConvention },
    ...{ force, antiAlias, separateSlices, labels: label },
    dicom: dicomOf(options),
    ...(dtype !== undefined && { datatype: dtype }),
    ...(series !== undefined && { series: Number(series) }),
    ...(outside !== undefined && { outside: Number(outside) }),
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
  $ voxmim convert labels.nii.gz on_scan.nii.gz --like scan.nii.gz --label
  $ voxmim convert labels.nii.gz fine.nii.gz --spacing 1 --label --interpolation oneHotLinear
  $ voxmim convert ./tilted-head-ct head.nii.gz --gantry-tilt straighten`;
