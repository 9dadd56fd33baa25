import { type Volume, type VoxelArray, VoxmimError } from '@voxmim/core';

import { noWholeLabel, wholeLabel } from '@voxmim/volumes';
import {
  datatypeNamed,
  datatypeOfArray,
  type NiftiDatatypeName,
  type StoredArray,
} from './datatype.js';

/** Voxels in the order and type of a file: channel by channel. */
export function voxelsToWrite(volume: Volume, name: NiftiDatatypeName | undefined): StoredArray {
  const { data, channels } = volume;
  const datatype = name === undefined ? datatypeOfArray(data) : datatypeNamed(name);
  if (channels === 1 && data.constructor === datatype.ArrayClass) return data;
  const stored = new datatype.ArrayClass(data.length);
  const store = storerOf(stored, datatype.name);
  const perChannel = data.length / channels;
  for (let channel = 0; channel < channels; channel++) {
    for (let voxel = 0; voxel < perChannel; voxel++) {
      store(channel * perChannel + voxel, data[voxel * channels + channel]);
    }
  }
  return stored;
}

/**
 * The smallest integer type that holds every label, which may be off by 1e-2 of rounding; signed 16
 * bits before unsigned ones.
 *
 * @param origin named in errors: the path
 */
export function smallestLabelType(labels: VoxelArray, origin?: string): NiftiDatatypeName {
  let lowest = 0;
  let highest = 0;
  for (let index = 0; index < labels.length; index++) {
    const label = wholeLabel(labels[index]);
    if (label === undefined) throw noWholeLabel(labels[index], origin);
    lowest = Math.min(lowest, label);
    highest = Math.max(highest, label);
  }
  const found = LABEL_TYPES.find(({ range: [low, high] }) => lowest >= low && highest <= high);
  if (found) return found.name;
  throw outOfType(lowest < 0 ? lowest : highest, 'labels of 32 bits');
}

type Range = readonly [number, number];

const INTEGER_RANGES: Readonly<Partial<Record<NiftiDatatypeName, Range>>> = {
  uint8: [0, 2 ** 8 - 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint16: [0, 2 ** 16 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

const LABEL_TYPES = (['uint8', 'int8', 'int16', 'uint16', 'int32', 'uint32'] as const).map(
  (name) => ({ name, range: INTEGER_RANGES[name] ?? ([0, 0] as const) }),
);

/** Stores one value: rounded where the type is an integer, refused where it does not fit. */
function storerOf(
  stored: StoredArray,
  name: NiftiDatatypeName,
): (index: number, value: number) => void {
  const range = INTEGER_RANGES[name];
  if (!range && !isBig(stored)) return (index, value) => (stored[index] = value);
  const [low, high] = range ?? [0, 0];
  return (index, value) => {
    const rounded = Math.round(value);
    if (!(rounded >= low && rounded <= high)) throw outOfType(value, name);
    if (isBig(stored)) stored[index] = BigInt(rounded);
    else stored[index] = rounded;
  };
}

function isBig(stored: StoredArray): stored is BigInt64Array | BigUint64Array {
  return stored instanceof BigInt64Array || stored instanceof BigUint64Array;
}

function outOfType(value: number, type: string): VoxmimError<'INVALID_DATA'> {
  return new VoxmimError(
    'INVALID_DATA',
    `The volume has a voxel of ${value}, which cannot be stored as ${type}.`,
    'Choose a datatype that holds every value, such as float32.',
    { path: '', reason: `value beyond ${type}` },
  );
}
