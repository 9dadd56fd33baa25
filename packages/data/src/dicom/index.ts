/**
 * DICOM series as volumes, in browsers and in Node.js. Codecs for compressed pixels are loaded when a
 * file needs one.
 *
 * @module
 */
export type { DicomSource } from './dicom-image.js';
export {
  openDicom,
  type DicomReadOptions,
  type DicomSeries,
  type DicomStudy,
  type DicomVolume,
} from './open-dicom.js';
export type { DuplicateSlices, UnevenSlices } from './stack-geometry.js';
