import { numberOrNothing } from './dicom-number.js';
import type { DicomImage, DicomSlice, DicomSource } from './dicom-slice.js';
import { type DataSet, PIXEL_DATA } from './parse-dicom.js';
import { readSlice } from './read-slice.js';
import { pixelCodingOf } from './transfer-syntax.js';

/** Either slices, or why a file has none. */
export type ReadSlices = { readonly slices: readonly DicomSlice[] } | { readonly reason: string };

/** Frames above this many pixels are refused. */
const MOST_PIXELS = 2 ** 26;

/**
 * The slices of a file.
 *
 * @throws `UNSUPPORTED_FILE` for transfer syntaxes that are not handled
 */
export function slicesOf(data: DataSet, source: DicomSource): ReadSlices {
  if (!(PIXEL_DATA in data.elements)) return { reason: withoutImage(data) };
  const rows = data.uint16('x00280010') ?? 0;
  const columns = data.uint16('x00280011') ?? 0;
  const bitsAllocated = data.uint16('x00280100') ?? 16;
  const reason = reasonAgainst(data, { rows, columns, bitsAllocated });
  if (reason !== undefined) return { reason };
  const image = imageOf(data, source, { rows, columns, bitsAllocated });
  const frames = functionalGroups(data) ?? [[data]];
  if (frames.length !== image.frames) return { reason: 'its frames have no place in the world' };
  const slices: DicomSlice[] = [];
  for (const [frame, groups] of frames.entries()) {
    const slice = readSlice(image, frame, groups);
    if ('reason' in slice) return slice;
    slices.push(slice);
  }
  return { slices };
}

function withoutImage(data: DataSet): string {
  const modality = data.string('x00080060') ?? '';
  return /^[A-Z]{2,16}$/.test(modality) ? `it holds no image (${modality})` : 'it holds no image';
}

/** Why pixels are no slice of one number each; undefined where they are. */
function reasonAgainst(
  data: DataSet,
  { rows, columns, bitsAllocated }: Pick<DicomImage, 'rows' | 'columns' | 'bitsAllocated'>,
): string | undefined {
  if (rows * columns < 1 || rows * columns > MOST_PIXELS) {
    return `it has ${rows} × ${columns} pixels`;
  }
  if ((data.uint16('x00280002') ?? 1) !== 1) return 'it is a color image';
  if (/^PALETTE/.test(data.string('x00280004') ?? '')) {
    return 'its pixels are places in a color palette, not intensities';
  }
  if (![8, 16, 32].includes(bitsAllocated)) return `it has ${bitsAllocated} bits`;
  return isMosaic(data)
    ? 'it is a mosaic: several slices tiled into one image, which is not unpacked. Convert the series by dcm2niix'
    : undefined;
}

/** Siemens says so in ImageType or NumberOfImagesInMosaic, United Imaging in a sequence of frames. */
function isMosaic(data: DataSet): boolean {
  const kinds = (data.string('x00080008') ?? '').split('\\').map((kind) => kind.trim());
  return kinds.includes('MOSAIC') || 'x0019100a' in data.elements || 'x00651050' in data.elements;
}

function imageOf(
  data: DataSet,
  source: DicomSource,
  size: Pick<DicomImage, 'rows' | 'columns' | 'bitsAllocated'>,
): DicomImage {
  const text = (tag: string) => data.string(tag) ?? '';
  const stored = data.uint16('x00280101') ?? size.bitsAllocated;
  const bitsStored = stored >= 1 && stored <= size.bitsAllocated ? stored : size.bitsAllocated;
  const highBit = data.uint16('x00280102') ?? bitsStored - 1;
  return {
    ...size,
    source,
    seriesUid: text('x0020000e'),
    seriesNumber: numberOrNothing([data], 'x00200011'),
    description: text('x0008103e').replace(/\p{C}/gu, ' ').trim().slice(0, 64) || undefined,
    time: timeOf(text('x00080032') || text('x00080031')),
    patient: text('x00100020').trim(),
    modality: text('x00080060'),
    coding: pixelCodingOf(data.string('x00020010') ?? '1.2.840.10008.1.2', source.path),
    frames: Math.max(1, numberOrNothing([data], 'x00280008') ?? 1),
    bitsStored,
    highBit: highBit >= bitsStored && highBit < size.bitsAllocated ? highBit : bitsStored - 1,
    isSigned: data.uint16('x00280103') === 1,
    isMonochrome1: text('x00280004') === 'MONOCHROME1',
  };
}

function timeOf(text: string): string | undefined {
  const found = /^(\d\d):?(\d\d):?(\d\d)/.exec(text);
  return found?.slice(1).join(':');
}

/** Whether low values stand for bright; where values have units, they count and not how they are shown. */
export function isInverted({
  isMonochrome1,
  modality,
}: Pick<DicomImage, 'isMonochrome1' | 'modality'>): boolean {
  return isMonochrome1 && modality !== 'CT' && modality !== 'PT';
}

/** Per frame, the data sets to look in: its own groups, those all share, the file. */
function functionalGroups(data: DataSet): DataSet[][] | undefined {
  const items = (tag: string) =>
    tag in data.elements
      ? (data.elements[tag].items ?? []).flatMap((item) => item.dataSet ?? [])
      : [];
  const perFrame = items('x52009230');
  if (perFrame.length === 0) return undefined;
  const shared = items('x52009229');
  return perFrame.map((frame) => [...[frame, ...shared].flatMap(macros), data]);
}

/** The first item of every sequence in a functional group. */
function macros(group: DataSet): DataSet[] {
  return Object.values(group.elements).flatMap((element) => element.items?.at(0)?.dataSet ?? []);
}
