import type { Vector3 } from '@voxmim/core';

/** The scalar product. */
export function dot(left: Vector3, right: Vector3): number {
  return left[0] * right[0] + left[1] * right[1] + left[2] * right[2];
}
