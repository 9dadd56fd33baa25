import type { DicomSlice } from './dicom-image.js';
import type { DataSet } from './parse-dicom.js';
import { haveOnePlace } from './stack-geometry.js';

type Read = (data: DataSet) => string | undefined;

const text =
  (tag: string): Read =>
  (data) =>
    data.string(tag);
const double =
  (tag: string, count = 1): Read =>
  (data) =>
    tag in data.elements
      ? Array.from({ length: count }, (_, index) => data.double(tag, index)).join(' ')
      : undefined;
const whole =
  (tag: string): Read =>
  (data) =>
    (tag in data.elements && data.elements[tag].length === 2
      ? data.uint16(tag)
      : data.uint32(tag)
    )?.toString();

/** What may tell apart images at one place, the likeliest first; per frame or per file. */
const attributes: readonly { readonly name: string; readonly reads: readonly Read[] }[] = [
  { name: 'echo', reads: [double('x00189082'), text('x00180081')] },
  { name: 'time', reads: [whole('x00209128'), text('x00200100')] },
  { name: 'b-value', reads: [double('x00189087')] },
  { name: 'gradient', reads: [double('x00189089', 3)] },
  { name: 'inversion', reads: [double('x00189079'), text('x00180082')] },
  { name: 'flip angle', reads: [text('x00181314')] },
  { name: 'trigger', reads: [double('x00209153'), text('x00181060')] },
  { name: 'reference time', reads: [text('x00541300')] },
  { name: 'acquisition', reads: [whole('x00209156'), text('x00200012')] },
  { name: 'kind', reads: [text('x00089007'), text('x00080008')] },
  { name: 'stack', reads: [text('x00209056')] },
];

/** By attribute, what tells an image apart from others at its place; empty where nothing is said. */
export type Phase = Readonly<Record<string, string>>;

/** The phase of a frame. @param groups where to look, the nearest first */
export function phaseOf(groups: readonly DataSet[]): Phase {
  const value = (reads: readonly Read[]) => {
    for (const read of reads) {
      for (const group of groups) {
        const found = read(group);
        if (found !== undefined) return found;
      }
    }
    return '';
  };
  return Object.fromEntries(attributes.map(({ name, reads }) => [name, value(reads)]));
}

/** Slices of one phase. */
export interface PhaseSlices {
  readonly slices: readonly DicomSlice[];
  /** Such as `echo 4.6`; undefined where the series has one phase. */
  readonly phase: string | undefined;
}

/**
 * Echoes, times, b-values or acquisitions at the same places, each for itself: by the fewest
 * attributes that leave no two slices at one place, those that leave parts of one size first.
 */
export function splitPhases(slices: readonly DicomSlice[]): PhaseSlices[] {
  if (!haveOnePlace(slices)) return [{ slices, phase: undefined }];
  const varying = attributes
    .map(({ name }) => name)
    .filter((name) => new Set(slices.map((slice) => slice.phase[name])).size > 1);
  for (const size of [1, 2, 3]) {
    const splits = combinations(varying, size)
      .map((chosen) => splitBy(slices, chosen))
      .filter((parts) => parts.length > 1 && !parts.some((part) => haveOnePlace(part.slices)));
    const even = splits.find((parts) =>
      parts.every((part) => part.slices.length === parts[0].slices.length),
    );
    const best = even ?? splits.at(0);
    if (best) return best;
  }
  return [{ slices, phase: undefined }];
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
