/**
 * DICOM series as volumes, in browsers and in Node.js. Codecs for compressed pixels are loaded when a
 * file needs one.
 *
 * @module
 */
export type { DicomSource } from './dicom-slice.js';
export { DICOM_START_BYTES, looksLikeDicom } from './dicom-start.js';
export { oneSeries, type OneSeriesOptions } from './one-series.js';
export { type DicomSeries, type DicomStudy, type DicomVolume, openDicom } from './open-dicom.js';
export { DicomStackConfig } from './stack-config.js';
