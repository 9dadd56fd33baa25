import { VoxmimError, type TaskDataset } from '@voxmim/core';

/**
 * The names of the labels of a data set, background first.
 *
 * @param given what the config says, which counts more
 * @throws `INVALID_DATA` where neither tells them
 */
export function classesOf(
  { classes, root }: Pick<TaskDataset, 'classes' | 'root'>,
  given: readonly string[] | undefined,
): readonly string[] {
  const names = given ?? classes;
  if (names.length > 1) return names;
  throw new VoxmimError(
    'INVALID_DATA',
    `Nothing in ${root} tells the classes of its label maps.`,
    'Name them under data.classes, background first, or add a dataset.json with "labels".',
    { path: root, reason: 'classes unknown' },
  );
}
