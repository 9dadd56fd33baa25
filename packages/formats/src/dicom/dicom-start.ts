/** How the elements of a data set are written. */
export type ElementCoding = 'implicit' | 'explicit' | 'bigEndian';

/** How a DICOM file begins: with a preamble, with its group 2, or with the data set itself. */
export type DicomStart = 'preamble' | 'meta' | ElementCoding;

/** What `dicomStart` needs to see of a file. */
export const DICOM_START_BYTES = 256;

/** Where the file's own elements begin behind a preamble. */
export const PREAMBLE_BYTES = 132;

/** Longer values of a first element are none that occur. */
const LONGEST_FIRST_VALUE = 1024;

/**
 * Whether a file is DICOM, by its bytes: names of DICOM files say nothing.
 *
 * @param bytes the first {@link DICOM_START_BYTES} of the file, or all of a shorter one
 */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return dicomStart(bytes) !== undefined;
}

/** How a file begins; undefined for what is not DICOM. */
export function dicomStart(bytes: Uint8Array): DicomStart | undefined {
  if (bytes.length >= PREAMBLE_BYTES && textAt(bytes, 128, 4) === 'DICM') return 'preamble';
  const coding = elementCodingAt(bytes, 0, 0x2000);
  if (coding === undefined) return undefined;
  const group = bytes[0] + bytes[1];
  if (group === 2) return coding === 'explicit' ? 'meta' : undefined;
  return group === 8 ? coding : undefined;
}

/**
 * How the element at a place is written, by its own bytes, whatever a transfer syntax says; undefined
 * where no element can be.
 *
 * @param highestElement the highest element number that can be there
 */
export function elementCodingAt(
  bytes: Uint8Array,
  at: number,
  highestElement = 0xffff,
): ElementCoding | undefined {
  if (at + 8 > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isBigEndian = view.getUint16(at, false) < view.getUint16(at, true);
  if (view.getUint16(at + 2, !isBigEndian) > highestElement) return undefined;
  if (VALUE_REPRESENTATIONS.has(textAt(bytes, at + 4, 2))) {
    return isBigEndian ? 'bigEndian' : 'explicit';
  }
  return !isBigEndian && isImplicit(view, at) ? 'implicit' : undefined;
}

/** Whether a length of 32 bits leads to the next element of this group or a later one. */
function isImplicit(view: DataView, at: number): boolean {
  const length = view.getUint32(at + 4, true);
  const next = at + 8 + length;
  if (length > LONGEST_FIRST_VALUE) return false;
  return next + 2 > view.byteLength || view.getUint16(next, true) >= view.getUint16(at, true);
}

const VALUE_REPRESENTATIONS = new Set(
  (
    'AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW ' +
    'PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV'
  ).split(' '),
);

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
