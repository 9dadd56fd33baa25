/**
 * Volumes from files and folders, and into files.
 *
 * @module
 */
export { type Conversion, ConvertConfig, convertVolume } from './convert.js';
export { dicomFile } from './dicom-file.js';
export { type DicomFolder, dicomReader, openDicomFolder, readOneSeries } from './dicom-folder.js';
export { noSeries, type OneSeriesOptions, seriesWords } from '../dicom/one-series.js';
export { isDicomFile } from './is-dicom-file.js';
export { niftiReader, readNiftiFile } from './read-nifti-file.js';
export { isSegFile, type ReadOptions, readVolume, readWithNotes } from './read-volume.js';
export { type FoundFile, onlyVolume, walkFiles } from './walk-files.js';
export { writeVolume, type WriteVolumeOptions } from './write-volume.js';
export { isNiftiName } from './nifti-name.js';
