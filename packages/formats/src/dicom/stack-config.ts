import * as z from 'zod';

/** How DICOM slices that make no even, upright stack are treated. What is done is said in a note. */
export const DicomStackConfig = z.strictObject({
  unevenSlices: z
    .enum(['refuse', 'interpolate'])
    .default('refuse')
    .describe(
      'Slices at uneven distances, or missing ones: refuse, or interpolate onto even ones.',
    ),
  duplicateSlices: z
    .enum(['refuse', 'first'])
    .default('refuse')
    .describe(
      'Several slices at one place that nothing tells apart: refuse, or take the first by name of file.',
    ),
  gantryTilt: z
    .enum(['shear', 'straighten', 'refuse'])
    .default('shear')
    .describe(
      'Slices that are shifted against each other: keep voxels, the affine sheared; resample onto a ' +
        'straight grid; or refuse.',
    ),
});
export type DicomStackConfig = z.infer<typeof DicomStackConfig>;
