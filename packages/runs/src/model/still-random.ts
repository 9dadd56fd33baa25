import type { Random } from '@voxmim/core';

/** Makes weights at no cost where only their shapes matter. */
export const still: Random = {
  uniform: () => 0.5,
  integer: () => 0,
  normal: () => 0,
  fillBits: (target) => target.fill(0),
  stream: () => still,
};
