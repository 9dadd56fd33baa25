import {
  createRandom,
  mapAxes,
  tile,
  VoxmimError,
  type NamedConfig,
  type Registry,
  type MaskStrategy,
  type Shape3,
  type Volume,
  type Registries,
} from '@voxmim/core';
import { cropBox, zScore } from '@voxmim/volumes';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';
import { readVolume } from '@voxmim/formats/node';

import { keysOf, createRegistries } from '@voxmim/presets';
import { maskPicture } from '@voxmim/report';

/** What {@link pictureMasks} draws. */
export interface PictureMasksOptions {
  /** A volume file, or a folder of DICOM files. */
  readonly path: string;
  /** The PNG to write. */
  readonly out: string;
  /** Voxels per token. Defaults to 16³. */
  readonly patchSize?: Shape3;
  /** The share hidden; each strategy's own by default. */
  readonly maskRatio?: number;
  readonly seed?: number;
  readonly registries?: Registries;
}

/** How much each strategy hides of a volume. */
export interface MaskSummary {
  readonly name: string;
  readonly hidden: number;
  readonly tokens: number;
}

/** What was drawn. */
export interface MaskPictureResult {
  readonly out: string;
  readonly gridShape: Shape3;
  readonly masks: readonly MaskSummary[];
}

/**
 * Draws what every registered mask strategy hides of a real volume. The volume is cut to whole mask
 * patches of two tokens an axis around its middle; its intensities are standardized, so that to the
 * foreground strategy what is above the mean is foreground.
 *
 * @throws `NOT_FOUND`, `INVALID_FILE`; `INVALID_CONFIG` when the volume holds no two mask patches, or
 *   the ratio is out of range; `WRITE_FAILED`
 */
export async function pictureMasks(options: PictureMasksOptions): Promise<MaskPictureResult> {
  const { path, out, patchSize = [16, 16, 16], seed = 0 } = options;
  await checkOutputs([out], { reads: [path], force: true });
  const { masks, readers } = options.registries ?? createRegistries();
  const group = mapAxes(patchSize, (size) => 2 * size);
  const volume = centered(await readVolume(path, readers), group, path);
  const gridShape = tile(volume.shape, patchSize);
  const voxels = zScore(volume, { mask: 'all' }, path).data;
  const drawn = masks.names().map((name) => {
    const strategy = masks.create(configOf(masks, name, group, options.maskRatio), undefined);
    const random = createRandom(seed, 'mask', name);
    const flags = strategy.sample({ gridShape, patchSize, random, progress: 1, voxels });
    const hidden = flags.reduce((sum, flag) => sum + flag, 0);
    return { name, hidden, tokens: flags.length, flags };
  });
  const pictured = drawn.map(({ name, hidden, tokens, flags }) => ({
    title: `${name}: ${hidden} of ${tokens}`,
    hidden: flags,
  }));
  const picture = maskPicture(volume, pictured, gridShape, patchSize);
  await writeFileWhole(out, picture, { ownerOnly: true });
  const summaries = drawn.map(({ name, hidden, tokens }) => ({ name, hidden, tokens }));
  return { out, gridShape, masks: summaries };
}

/** The strategy's defaults, with the ratio and the mask patch where it has such fields. */
function configOf(
  masks: Registry<undefined, MaskStrategy>,
  name: string,
  maskPatchSize: Shape3,
  maskRatio: number | undefined,
): NamedConfig {
  const keys = keysOf(masks.schema(name));
  return {
    name,
    ...(keys.includes('maskPatchSize') && { maskPatchSize }),
    ...(maskRatio !== undefined && keys.includes('maskRatio') && { maskRatio }),
  };
}

/** The largest part around the middle that boxes of `group` voxels tile. */
function centered(volume: Volume, group: Shape3, path: string): Volume {
  const shape = mapAxes(volume.shape, (extent, axis) => extent - (extent % group[axis]));
  if (shape.some((extent) => extent === 0)) {
    throw new VoxmimError(
      'INVALID_CONFIG',
      `${path}: [${volume.shape.join(', ')}] voxels hold no mask patch of [${group.join(', ')}].`,
      'Choose smaller tokens by --patch; a mask patch is two tokens an axis.',
      { path: 'patchSize', received: group },
    );
  }
  const origin = mapAxes(volume.shape, (extent, axis) => Math.floor((extent - shape[axis]) / 2));
  return cropBox(volume, { origin, shape });
}
