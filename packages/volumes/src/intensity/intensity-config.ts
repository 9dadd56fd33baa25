import * as z from 'zod';

/** What nnU-Net's normalization needs of one channel of a data set, from its foreground voxels. */
export const ForegroundIntensity = z.strictObject({
  low: z.number().describe('Values are clipped here first: the 0.5th percentile.'),
  high: z.number().describe('The 99.5th percentile.'),
  mean: z.number().describe('Is subtracted.'),
  std: z.number().nonnegative().describe('Divides.'),
});
export type ForegroundIntensity = z.infer<typeof ForegroundIntensity>;

/** How raw intensities become network input. */
export const IntensityConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('window').describe('Map an intensity window to 0 to 1 and clip: CT.'),
    window: z
      .tuple([z.number(), z.number()])
      .readonly()
      .default([-175, 250])
      .describe('Lowest and highest intensity, HU for CT.'),
  }),
  z.strictObject({
    kind: z.literal('zScore').describe('Zero mean and unit variance per volume: MR.'),
    mask: z
      .enum(['all', 'nonzero', 'aboveMean'])
      .default('nonzero')
      .describe(
        'Voxels that count for the statistics. With nonzero, zeros stay zero; with aboveMean, every ' +
          'voxel is changed.',
      ),
  }),
  z.strictObject({
    kind: z.literal('percentile').describe('Map a range of percentiles to 0 to 1 and clip.'),
    range: z
      .tuple([z.number().min(0).max(100), z.number().min(0).max(100)])
      .readonly()
      .default([0.5, 99.5])
      .describe('Lower and upper percentile.'),
  }),
  z
    .strictObject({
      kind: z
        .literal('nnunet')
        .describe(
          'Clip to percentiles of the foreground of the whole data set, subtract its mean and divide ' +
            'by its standard deviation: CT, as nnU-Net does. Needs file or channels.',
        ),
      file: z
        .string()
        .optional()
        .describe(
          'A fingerprint by `voxmim inspect --fingerprint`, relative to where the command runs. Its ' +
            'figures are stored with the run as channels, and the file is not read again.',
        ),
      channels: z
        .array(ForegroundIntensity)
        .min(1)
        .readonly()
        .optional()
        .describe('The figures themselves, one entry per channel.'),
    })
    .refine(({ file, channels }) => file !== undefined || channels !== undefined, {
      path: ['file'],
      error: 'nnunet needs the file of a fingerprint, or channels',
    }),
  z.strictObject({ kind: z.literal('none').describe('Leave intensities as they are.') }),
]);
export type IntensityConfig = z.infer<typeof IntensityConfig>;
