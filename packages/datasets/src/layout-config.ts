import * as z from 'zod';

const pattern = z
  .string()
  .min(1)
  .refine((text) => text.includes('{case}'), 'expected {case} where the id of the case stands');

/** Which files of a BIDS data set count. */
export const BidsLayout = z.strictObject({
  kind: z.literal('bids').describe('sub-*/[ses-*/]*/*_<suffix>.nii.gz.'),
  suffixes: z
    .array(z.string().regex(/^[A-Za-z0-9]+$/))
    .min(1)
    .readonly()
    .default(['T1w'])
    .describe('Suffixes of the images, one per channel.'),
  label: z
    .string()
    .regex(/^[A-Za-z0-9]+$/)
    .default('dseg')
    .describe('Suffix of the label maps under derivatives.'),
});
export type BidsLayout = z.infer<typeof BidsLayout>;

/** How the files of a data set are found. */
export const DatasetLayoutConfig = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z
      .literal('auto')
      .describe(
        'Recognize it: dataset.json (Decathlon, nnU-Net raw), BIDS, imagesTr and labelsTr, images alone, ' +
          'DICOM; or a .csv, .tsv or .json list.',
      ),
  }),
  BidsLayout,
  z.strictObject({
    kind: z
      .literal('pattern')
      .describe('Paths with {case}; * stands for any part of a name, ** for any folders.'),
    images: z
      .array(pattern)
      .min(1)
      .readonly()
      .describe('One pattern per channel, such as "*/{case}_t1.nii.gz".'),
    label: pattern.optional().describe('The pattern of label maps; without it there are none.'),
  }),
]);
export type DatasetLayoutConfig = z.infer<typeof DatasetLayoutConfig>;
export type PatternLayout = Extract<DatasetLayoutConfig, { kind: 'pattern' }>;
