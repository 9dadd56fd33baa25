import type { DataSet } from './parse-dicom.js';

/** A whole DS or IS; a comma is allowed in neither, so that it can only be a decimal point. */
const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$/;

/** Texts of numbers hold nothing that identifies a patient. */
const NUMERIC = /^[-+0-9.,eE\\ ]*$/;

/** The numbers of an element; `malformed` is its text where that is anything else. */
export type FoundNumbers = { readonly numbers: readonly number[] } | { readonly malformed: string };

/**
 * Reads the numbers of an element whole or not at all, whatever VR it says it has.
 *
 * @param groups where to look, the nearest first
 * @returns undefined where none of them has it, or it is empty
 */
export function findNumbers(groups: readonly DataSet[], tag: string): FoundNumbers | undefined {
  for (const data of groups) {
    if (!(tag in data.elements) || data.elements[tag].length === 0) continue;
    const binary = binaryNumbers(data, tag);
    if (binary) return { numbers: binary };
    const text = (data.string(tag) ?? '').replace(/[\0 ]+$/, '').trim();
    if (text !== '') return parseNumbers(text);
  }
  return undefined;
}

/** The numbers of a text, parted by backslashes. */
export function parseNumbers(text: string): FoundNumbers {
  const parts = text.split('\\').map((part) => part.replaceAll('\0', '').trim());
  const numbers = parts.map((part) =>
    NUMBER.test(part) ? Number(part.replace(',', '.')) : Number.NaN,
  );
  if (numbers.every(Number.isFinite)) return { numbers };
  return { malformed: NUMERIC.test(text) ? `"${text.slice(0, 80)}"` : 'what is no number' };
}

/** One number, or undefined where there is none or it cannot be read: for what a volume can do without. */
export function numberOrNothing(groups: readonly DataSet[], tag: string): number | undefined {
  const found = findNumbers(groups, tag);
  return found && 'numbers' in found ? found.numbers[0] : undefined;
}

/** Floats where the header says so. */
function binaryNumbers(data: DataSet, tag: string): number[] | undefined {
  const { vr, length } = data.elements[tag];
  const size = vr === 'FD' ? 8 : vr === 'FL' ? 4 : 0;
  if (size === 0) return undefined;
  return Array.from({ length: Math.floor(length / size) }, (_, index) =>
    size === 8 ? (data.double(tag, index) ?? Number.NaN) : (data.float(tag, index) ?? Number.NaN),
  );
}
