import { numberOrNothing } from './dicom-number.js';
import type { Clocks, Phase } from './dicom-slice.js';
import type { DataSet } from './parse-dicom.js';

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

/** Names of the attributes that a phase may differ in. */
export const PHASE_NAMES: readonly string[] = attributes.map(({ name }) => name);

/** Attributes that say when, and not what: slices of one volume may differ in them. */
export const TIMELY: ReadonlySet<string> = new Set([
  'time',
  'trigger',
  'reference time',
  'acquisition',
]);

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

/** What orders images at one place in time, the surest first. */
const clocks: readonly { readonly name: string; readonly tags: readonly string[] }[] = [
  { name: 'trigger time', tags: ['x00209153', 'x00181060'] },
  { name: 'frame time', tags: ['x00541300'] },
  { name: 'acquisition time', tags: ['x00189074', 'x0008002a', 'x00080032'] },
  { name: 'content time', tags: ['x00080033'] },
  { name: 'acquisition number', tags: ['x00200012'] },
  { name: 'instance number', tags: ['x00200013'] },
];

/** Names of the clocks, the surest first. */
export const CLOCK_NAMES: readonly string[] = clocks.map(({ name }) => name);

/** When a frame was taken, by every clock that it has. @param groups where to look, the nearest first */
export function clocksOf(groups: readonly DataSet[]): Clocks {
  return Object.fromEntries(
    clocks.flatMap(({ name, tags }) => {
      const value = tags
        .map((tag) => numberOrNothing(groups, tag))
        .find((found) => found !== undefined);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}
