import { join } from 'node:path';

import { phantomClasses } from '../phantom/anatomy.js';
import { createPhantom } from '../phantom/phantom.js';
import { checkOutputs, writeFileWhole } from '@voxmim/core/node';
import { writeVolume } from '@voxmim/formats/node';

/** What the data sets of phantoms call themselves. */
export const PHANTOM_NAME = 'Phantom';

/** How many volumes to write, and of which seed. */
export interface PhantomDatasetOptions {
  readonly seed: number;
  readonly count: number;
  /** How many more to hold out as `imagesTs` and `labelsTs`. Default 0. */
  readonly heldOut?: number;
  /** Whether files of these names are replaced. Default false. */
  readonly force?: boolean;
  /** Called after each volume. */
  readonly onVolume?: (done: number, total: number) => void;
}

/**
 * Writes phantoms as a data set in the layout of the Medical Segmentation Decathlon: `imagesTr`,
 * `labelsTr`, `dataset.json`, and `imagesTs` with `labelsTs` for what is held out. The last file
 * written is `dataset.json`, so an interrupted call leaves nothing that opens.
 *
 * @throws `FILE_EXISTS` without `force`, before anything is written; `WRITE_FAILED`
 */
export async function writePhantomDataset(
  folder: string,
  { seed, count, heldOut = 0, force = false, onVolume }: PhantomDatasetOptions,
): Promise<void> {
  const training = [];
  const test = [];
  const files = Array.from({ length: count + heldOut }, (_, index) => ({
    index,
    part: index < count ? 'Tr' : 'Ts',
    name: `phantom_${String(index).padStart(3, '0')}.nii.gz`,
  }));
  const volumes = files.flatMap(({ part, name }) => [
    join(folder, `images${part}`, name),
    join(folder, `labels${part}`, name),
  ]);
  await checkOutputs([join(folder, 'dataset.json'), ...volumes], { force });
  for (const { index, part, name } of files) {
    const { image, labels } = createPhantom({ seed, index });
    await writeVolume(join(folder, `images${part}`, name), image, { kind: 'image' });
    await writeVolume(join(folder, `labels${part}`, name), labels, { kind: 'labels' });
    const path = `./images${part}/${name}`;
    if (part === 'Ts') test.push(path);
    else training.push({ image: path, label: `./labelsTr/${name}` });
    onVolume?.(index + 1, count + heldOut);
  }
  const description = {
    name: PHANTOM_NAME,
    description: `Synthetic abdominal CT, seed ${seed}; no patient data.`,
    licence: 'CC0-1.0',
    modality: { 0: 'CT' },
    labels: Object.fromEntries(phantomClasses.map((name, label) => [String(label), name])),
    numTraining: count,
    numTest: heldOut,
    training,
    test,
  };
  await writeFileWhole(join(folder, 'dataset.json'), `${JSON.stringify(description, null, 2)}\n`);
}
