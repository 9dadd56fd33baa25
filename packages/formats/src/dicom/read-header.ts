import type { DicomSource } from './dicom-slice.js';
import { looksLikeDicom } from './dicom-start.js';
import { type DataSet, parseDicom, PIXEL_DATA } from './parse-dicom.js';

/** Most headers end before this. */
const FIRST_BYTES = 2 ** 15;

/** How much more is read where a header is longer, as those of enhanced files are. */
const GROWTH = 8;

/**
 * Reads the elements of a file up to its pixels, and no more of the file than that takes.
 *
 * @returns undefined for what is not DICOM
 * @throws `INVALID_FILE`
 */
export async function readHeader(source: DicomSource): Promise<DataSet | undefined> {
  for (let length = FIRST_BYTES; ; length *= GROWTH) {
    const bytes = source.head ? await source.head(length) : await source.bytes();
    const isWhole = !source.head || bytes.length < length;
    if (!looksLikeDicom(bytes)) return undefined;
    try {
      const data = parseDicom(bytes, source.path, true);
      if (isWhole || PIXEL_DATA in data.elements) return data;
    } catch (error) {
      if (isWhole) throw error; // otherwise it may be cut, and no more
    }
  }
}
