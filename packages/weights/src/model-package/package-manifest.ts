import * as z from 'zod';

/** The format of the packages that are written; others are read up to it. */
export const PACKAGE_FORMAT = 1;

/** The entries that every package has. */
export const packageEntries = {
  manifest: 'voxmim.json',
  config: 'config.json',
  weights: 'weights.safetensors',
  onnx: 'model.onnx',
  card: 'card.json',
  cardText: 'README.md',
} as const;

const extents = z.tuple([z.int().min(1), z.int().min(1), z.int().min(1)]);
const part = z.int().min(0).max(255);

/** One class of a label map. */
export const PackageLabel = z.object({
  label: part.describe('The number in a label map; 0 is the background.'),
  name: z.string(),
  color: z.tuple([part, part, part]).describe('Red, green, blue.'),
});
export type PackageLabel = z.infer<typeof PackageLabel>;

/** `voxmim.json` of a package: what the model is, and the checksum of every other entry. */
export const PackageManifest = z.object({
  format: z.literal(PACKAGE_FORMAT),
  name: z.string().min(1).max(200),
  task: z.string().describe('Such as finetune or pretrain.'),
  license: z.string().nullable().describe('Of the weights, as SPDX names it.'),
  created: z.iso.datetime(),
  voxmim: z.string().describe('The release that wrote it.'),
  plugins: z.array(z.string()).describe('Needed to build the model from its config; not in here.'),
  input: z.object({
    window: extents.describe('Voxels [D, H, W] of what the ONNX model takes at once.'),
    channels: z.int().min(1),
  }),
  outputs: z.array(z.string()).describe('Of the ONNX model, whose input is called volumes.'),
  labels: z.array(PackageLabel).describe('Of the classes, background first; none before a head.'),
  entries: z.record(
    z.string(),
    z.object({ bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});
export type PackageManifest = z.infer<typeof PackageManifest>;
