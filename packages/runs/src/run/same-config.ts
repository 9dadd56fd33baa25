import { VoxmimError } from '@voxmim/core';
import { isDeepStrictEqual } from 'node:util';

/** Fields that change how a run goes, not what it learns. Those below them are meant too. */
const MAY_CHANGE = [
  'steps',
  'tensorBoard',
  'loggers',
  'backend',
  'device',
  'precision',
  'threads',
  'plugins',
  'checkpoint',
  'evaluation',
  'validation.every',
  // The same numbers, with less memory.
  'encoder.recomputeBlocks',
  'objective.recomputeBlocks',
  // How data are loaded, not what. Where they lie is told by their content.
  'data.path',
  'data.cacheMiB',
  'data.cache',
  'data.workers',
  'data.onError',
  // What a run looked at once, when it was begun.
  'data.seen',
  // The split of a run that goes on is the one it has saved.
  'data.split.file',
] as const;

/** What {@link checkSameConfig} compares. */
export interface ConfigChange {
  /** The folder of the run. */
  readonly root: string;
  /** The config that the run was begun with, resolved. */
  readonly saved: unknown;
  /** The config to go on with, resolved. */
  readonly wanted: unknown;
  /** More fields that may change. */
  readonly free?: readonly string[];
}

/**
 * Refuses to go on with a run under a config that would change what it learns.
 *
 * @throws `INVALID_CONFIG` naming the first such field, its old and its new value
 */
export function checkSameConfig({ root, saved, wanted, free = [] }: ConfigChange): void {
  const changed = changedFields(wanted, saved, free);
  const [first] = changed;
  if (first === undefined) return;
  const [before, now] = [leavesOf(saved), leavesOf(wanted)];
  const others = changed.length > 1 ? ` (as would ${changed.slice(1).join(', ')})` : '';
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${first} was ${shown(before.get(first))} when ${root} was begun and is ${shown(now.get(first))} now, ` +
      `which would change what it learns${others}.`,
    'Leave it as it was, or start another run by --out.',
    { path: first, received: now.get(first) },
  );
}

/** The fields of a config that differ from those of a run and would change what it learns. */
export function changedFields(
  wanted: unknown,
  saved: unknown,
  free: readonly string[] = [],
): string[] {
  const [before, now] = [leavesOf(saved), leavesOf(wanted)];
  const mayChange = [...MAY_CHANGE, ...free];
  return [...new Set([...before.keys(), ...now.keys()])].filter(
    (path) =>
      !mayChange.some((field) => path === field || path.startsWith(`${field}.`)) &&
      !isDeepStrictEqual(before.get(path), now.get(path)),
  );
}

/** The values of a config by their paths; lists are values. */
function leavesOf(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new Map(value === undefined ? [] : [[path, value]]);
  }
  const entries = Object.entries(value);
  return new Map(
    entries.flatMap(([key, inner]) => [...leavesOf(inner, path === '' ? key : `${path}.${key}`)]),
  );
}

function shown(value: unknown): string {
  return value === undefined ? 'not given' : JSON.stringify(value);
}
