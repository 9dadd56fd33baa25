import type { DicomSlice } from './dicom-slice.js';
import { CLOCK_NAMES, PHASE_NAMES, TIMELY } from './phase.js';
import { haveOnePlace, placesOf } from './stack-geometry.js';

/** Slices of one phase. */
export interface PhaseSlices {
  readonly slices: readonly DicomSlice[];
  /** Such as `echo 4.6`; undefined where the series has one phase. */
  readonly phase: string | undefined;
  /** Why slices at one place could not be told apart. */
  readonly mixed?: string;
}

/**
 * Echoes, times, b-values or acquisitions at the same places, each as a whole volume: by the fewest
 * attributes that part them so, or else by the order in which the slices of each place were taken. A
 * series is never parted into volumes that have fewer slices than it has places.
 */
export function splitPhases(slices: readonly DicomSlice[]): PhaseSlices[] {
  if (!haveOnePlace(slices)) return [{ slices, phase: undefined }];
  const varying = PHASE_NAMES.filter((name) => isVarying(slices, name));
  const places = placesOf(slices);
  const whole =
    byAttributes(slices, varying, places.length) ??
    byStacks(slices) ??
    byClocks(
      slices,
      varying.filter((name) => !TIMELY.has(name)),
    );
  return whole ?? [{ slices, phase: undefined, mixed: whatDiffers(places, varying) }];
}

function isVarying(slices: readonly DicomSlice[], name: string): boolean {
  return new Set(slices.map(({ phase }) => phase[name])).size > 1;
}

function byAttributes(
  slices: readonly DicomSlice[],
  varying: readonly string[],
  places: number,
): PhaseSlices[] | undefined {
  return [1, 2, 3]
    .flatMap((size) => combinations(varying, size))
    .map((chosen) => splitBy(slices, chosen))
    .find((parts) =>
      parts.every((part) => part.slices.length === places && !haveOnePlace(part.slices)),
    );
}

/** Stacks of an enhanced file are volumes by themselves, at places of their own. */
function byStacks(slices: readonly DicomSlice[]): PhaseSlices[] | undefined {
  const parts = splitBy(slices, ['stack']);
  return parts.length > 1 && !parts.some((part) => haveOnePlace(part.slices)) ? parts : undefined;
}

/** The n-th of each place, by the first clock that orders all, in groups that differ in what they show. */
function byClocks(
  slices: readonly DicomSlice[],
  showing: readonly string[],
): PhaseSlices[] | undefined {
  const everywhere = placesOf(slices).length;
  for (const chosen of [0, 1, 2].flatMap((size) => combinations(showing, size))) {
    const rest = showing.filter((name) => !chosen.includes(name));
    const groups = splitBy(slices, chosen).map(({ slices: group, phase }) =>
      orderedVolumes(group, everywhere, chosen.length > 0 ? phase : undefined),
    );
    const volumes = groups.flatMap((group) => group ?? []);
    const isSure = volumes.every((volume) => !rest.some((name) => isVarying(volume.slices, name)));
    if (groups.every((group) => group !== undefined) && isSure) return volumes;
  }
  return undefined;
}

function orderedVolumes(
  slices: readonly DicomSlice[],
  everywhere: number,
  name: string | undefined,
): PhaseSlices[] | undefined {
  const places = placesOf(slices);
  const count = places[0].length;
  // At a single place, nothing but the number of a file may tell a time from a copy.
  const isSeries = everywhere > 1 && places.length === everywhere;
  if (!isSeries || places.some((place) => place.length !== count)) return undefined;
  if (count === 1) return [{ slices, phase: name }];
  const clock = CLOCK_NAMES.find((one) =>
    places.every(
      (place) => new Set(place.flatMap(({ clocks }) => clocks[one] ?? [])).size === count,
    ),
  );
  if (clock === undefined) return undefined;
  const ordered = places.map((place) =>
    [...place].sort((left, right) => left.clocks[clock] - right.clocks[clock]),
  );
  return Array.from({ length: count }, (_, n) => ({
    slices: ordered.map((place) => place[n]),
    phase: [...(name === undefined ? [] : [name]), `${n + 1} of ${count} by ${clock}`].join(', '),
  }));
}

function whatDiffers(
  places: readonly (readonly DicomSlice[])[],
  varying: readonly string[],
): string {
  const counts = places.map(({ length }) => length);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const times = least === most ? `${most}` : `${least} to ${most}`;
  const differ =
    varying.length > 0 ? `they differ in ${varying.join(', ')}` : 'nothing tells them apart';
  return `of ${places.length} places each has ${times} slices, and they make no whole volumes: ${differ}`;
}

function splitBy(slices: readonly DicomSlice[], chosen: readonly string[]): PhaseSlices[] {
  const parts = new Map<string, DicomSlice[]>();
  for (const slice of slices) {
    const phase = chosen.map((name) => `${name} ${slice.phase[name] || '?'}`).join(', ');
    const part = parts.get(phase);
    if (part) part.push(slice);
    else parts.set(phase, [slice]);
  }
  return [...parts].map(([phase, part]) => ({ phase, slices: part }));
}

/** Every choice of `size` names, in order. */
function combinations(from: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return from.flatMap((first, index) =>
    combinations(from.slice(index + 1), size - 1).map((rest) => [first, ...rest]),
  );
}
