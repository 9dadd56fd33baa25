import { VoxmimError } from '@voxmim/core';
import type { RegionsConfig } from '@voxmim/volumes';

/**
 * Checks that regions are made of labels that the data set has.
 *
 * @param classes class names, background first
 * @throws `INVALID_CONFIG` naming the region and the label
 */
export function checkRegions(regions: RegionsConfig, classes: readonly string[]): void {
  for (const { name, labels, value } of regions) {
    const beyond = [...labels, ...(value === undefined ? [] : [value])].find(
      (label) => label >= classes.length,
    );
    if (beyond === undefined) continue;
    throw new VoxmimError(
      'INVALID_CONFIG',
      `regions: "${name}" has label ${beyond}, but the data set's labels are 0 to ${classes.length - 1} (${classes.join(', ')}).`,
      'Correct the labels of the region, or name more classes under data.classes.',
      { path: 'regions', received: beyond },
    );
  }
}
