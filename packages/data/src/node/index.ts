/**
 * The parts of `@voxmim/data` that need files.
 *
 * @module
 */
export { CaseStore, type CaseStoreOptions } from './cases/case-store.js';
export { readCaseImage } from './cases/read-case.js';
export { convertVolume, ConvertConfig, type Conversion } from './convert.js';
export {
  dicomReader,
  openDicomFolder,
  readOneSeries,
  type OneSeriesOptions,
} from './dicom-folder.js';
export { layoutNames, type Dataset, type DatasetCase, type LayoutName } from './dataset.js';
export { DatasetLayoutConfig } from './layout/layout-config.js';
export { openDataset } from './open-dataset.js';
export { readLabels } from './read-labels.js';
export { niftiReader, readNiftiFile } from './read-nifti-file.js';
export { readVolume } from './read-volume.js';
export { writeFileWhole } from './write-file-whole.js';
export { writePhantomDataset, type PhantomDatasetOptions } from './write-phantom-dataset.js';
export { writeVolume } from './write-volume.js';
