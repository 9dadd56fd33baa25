/**
 * The parts of `@voxmim/data` that need files.
 *
 * @module
 */
export { CacheConfig } from './cache/cache-config.js';
export { cacheFolder } from './cache/cache-folder.js';
export type { CropSource } from './cache/crop-source.js';
export { VolumeCache } from './cache/volume-cache.js';
export { CaseStore, type CaseRecipe, type CaseStoreOptions } from './cases/case-store.js';
export { limitNotes } from './cases/note-limiter.js';
export { readCaseImage, type CaseImage, type ReadCaseOptions } from './cases/read-case.js';
export { convertVolume, ConvertConfig, type Conversion } from './convert.js';
export { dicomFile } from './dicom-file.js';
export {
  dicomReader,
  openDicomFolder,
  readOneSeries,
  seriesWords,
  type OneSeriesOptions,
} from './dicom-folder.js';
export { isDicomFile } from './is-dicom-file.js';
export {
  layoutNames,
  type Dataset,
  type DatasetCase,
  type DatasetSeries,
  type LayoutName,
} from './dataset.js';
export { DatasetLayoutConfig } from './layout/layout-config.js';
export { openDataset } from './open-dataset.js';
export { openLabelMaps, type LabelMaps } from './layout/label-maps.js';
export { defaultWorkers, openSamples } from './loader/open-samples.js';
export { SamplePool } from './loader/sample-pool.js';
export type {
  CropMove,
  DrawnSample,
  RandomKey,
  SampleOptions,
  SampleRequest,
  SampleSource,
  SampleTarget,
} from './loader/sample-source.js';
export { readLabels } from './read-labels.js';
export { niftiReader, readNiftiFile } from './read-nifti-file.js';
export { readVolume } from './read-volume.js';
export { VolumeReaders } from './volume-readers.js';
export { writeFileWhole } from './write-file-whole.js';
export { writePhantomDataset, type PhantomDatasetOptions } from './write-phantom-dataset.js';
export { writeVolume } from './write-volume.js';
