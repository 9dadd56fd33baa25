import type { Vector3 } from '@voxmim/core';

import { type DataSet, PIXEL_DATA } from './parse-dicom.js';
import { type Phase, phaseOf } from './phase.js';
import { type PixelCoding, pixelCodingOf } from './transfer-syntax.js';

/** A file to read, wherever it is. */
export interface DicomSource {
  /** Names it in errors. */
  readonly path: string;
  bytes(): Promise<Uint8Array>;
  /**
   * The first bytes, fewer than `length` only where the file ends. With it, sorting files into series reads
   * their headers alone.
   */
  head?(length: number): Promise<Uint8Array>;
}

/** What a DICOM file says of its image; nothing that identifies a patient is kept. */
export interface DicomImage {
  readonly source: DicomSource;
  readonly seriesUid: string;
  readonly seriesNumber: number | undefined;
  readonly modality: string;
  readonly coding: PixelCoding;
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly isSigned: boolean;
  /** Where the most significant stored bit is among those allocated. */
  readonly highBit: number;
  /** MONOCHROME1: the lowest value is white. */
  readonly isMonochrome1: boolean;
}

/** One slice: a frame of an image, and where it lies. Lengths in millimetres, directions in LPS+. */
export interface DicomSlice {
  readonly image: DicomImage;
  readonly frame: number;
  readonly position: Vector3;
  /** Where the column index grows. */
  readonly alongRow: Vector3;
  /** Where the row index grows. */
  readonly alongColumn: Vector3;
  /** Between rows, between columns. */
  readonly pixelSpacing: readonly [number, number];
  /** Thickness or distance of slices as the header has it. */
  readonly thickness: number | undefined;
  readonly slope: number;
  readonly intercept: number;
  readonly phase: Phase;
}

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
  if (rows * columns < 1 || rows * columns > MOST_PIXELS) {
    return { reason: `it has ${rows} × ${columns} pixels` };
  }
  if ((data.uint16('x00280002') ?? 1) !== 1) return { reason: 'it is a color image' };
  const bitsAllocated = data.uint16('x00280100') ?? 16;
  if (![8, 16, 32].includes(bitsAllocated)) return { reason: `it has ${bitsAllocated} bits` };
  const image = imageOf(data, source, { rows, columns, bitsAllocated });
  const frames = functionalGroups(data) ?? [[data]];
  if (frames.length !== image.frames) return { reason: 'its frames have no place in the world' };
  const slices = frames.flatMap((groups, frame) => sliceOf(image, frame, groups) ?? []);
  return slices.length === image.frames ? { slices } : { reason: 'it has no place in the world' };
}

function withoutImage(data: DataSet): string {
  const modality = data.string('x00080060') ?? '';
  return /^[A-Z]{2,16}$/.test(modality) ? `it holds no image (${modality})` : 'it holds no image';
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
    seriesNumber: data.intString('x00200011'),
    modality: text('x00080060'),
    coding: pixelCodingOf(data.string('x00020010') ?? '1.2.840.10008.1.2', source.path),
    frames: Math.max(1, data.intString('x00280008') ?? 1),
    bitsStored,
    highBit: highBit >= bitsStored && highBit < size.bitsAllocated ? highBit : bitsStored - 1,
    isSigned: data.uint16('x00280103') === 1,
    isMonochrome1: text('x00280004') === 'MONOCHROME1',
  };
}

/** Whether low values stand for bright; where values have units, they count and not how they are shown. */
export function isInverted({ isMonochrome1, modality }: DicomImage): boolean {
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

function sliceOf(
  image: DicomImage,
  frame: number,
  groups: readonly DataSet[],
): DicomSlice | undefined {
  const number = (tag: string, index = 0) =>
    groups.map((group) => group.floatString(tag, index)).find(isNumber);
  const numbers = (tag: string, count: number) =>
    Array.from({ length: count }, (_, index) => number(tag, index)).filter(isNumber);
  const [x, y, z] = numbers('x00200032', 3);
  const [rx, ry, rz, cx, cy, cz] = numbers('x00200037', 6);
  const [betweenRows, betweenColumns] = numbers('x00280030', 2);
  if (!isNumber(z) || !isNumber(cz) || !(betweenRows > 0) || !(betweenColumns > 0))
    return undefined;
  return {
    image,
    frame,
    position: [x, y, z],
    alongRow: [rx, ry, rz],
    alongColumn: [cx, cy, cz],
    pixelSpacing: [betweenRows, betweenColumns],
    thickness: number('x00180088') ?? number('x00180050'),
    slope: number('x00281053') ?? 1,
    intercept: number('x00281052') ?? 0,
    phase: phaseOf(groups),
  };
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
