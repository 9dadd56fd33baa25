import { VoxmimError } from '@voxmim/core';

/** Labels this near to a whole number are it: floats that were scaled to integers and back. */
const ROUNDING = 1e-2;

/** The label that a stored value is; undefined unless it is nearly a whole number. */
export function wholeLabel(value: number): number | undefined {
  const label = Math.round(value);
  return Math.abs(value - label) <= ROUNDING ? label + 0 : undefined; // no -0
}

/** The error for a value that is no label. @param path the file, where it is known */
export function noWholeLabel(value: number, path = 'The volume'): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `${path} has the label ${value}, which is no whole number.`,
    'Was it resampled with interpolation? Make it again with nearest neighbours; or round it, by ' +
      '`voxmim convert IN OUT --dtype int32` without --label.',
    { path, reason: 'label that is no whole number' },
  );
}
