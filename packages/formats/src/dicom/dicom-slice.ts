import type { Vector3 } from '@voxmim/core';

import type { PixelCoding } from './transfer-syntax.js';

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

/** What a DICOM file says of its image. */
export interface DicomImage {
  readonly source: DicomSource;
  readonly seriesUid: string;
  readonly seriesNumber: number | undefined;
  /** What the scanner calls the series, such as `T1 mprage`. */
  readonly description: string | undefined;
  /** When it was acquired, `HH:MM:SS`. */
  readonly time: string | undefined;
  /** Whose image it is, to tell whether two are of one patient; never to be shown or written. */
  readonly patient: string;
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

/** By attribute, what tells an image apart from others at its place; empty where nothing is said. */
export type Phase = Readonly<Record<string, string>>;

/** By clock, when or as which an image was taken; clocks that say nothing are left out. */
export type Clocks = Readonly<Record<string, number>>;

/** One slice: a frame of an image, and where it lies. Lengths in millimetres, directions in LPS+. */
export interface DicomSlice {
  readonly image: DicomImage;
  readonly frame: number;
  readonly position: Vector3;
  /** Where the column index grows; of length 1. */
  readonly alongRow: Vector3;
  /** Where the row index grows; of length 1. */
  readonly alongColumn: Vector3;
  /** Between rows, between columns; above 0. */
  readonly pixelSpacing: readonly [number, number];
  /** Distance of slices, or their thickness, as the header has it; undefined unless it is above 0. */
  readonly thickness: number | undefined;
  readonly slope: number;
  readonly intercept: number;
  readonly phase: Phase;
  readonly clocks: Clocks;
  /** What was mended in its header. */
  readonly notes: readonly string[];
}
