/**
 * Folders of cases: layouts, preprocessed cases, their cache, and threads that load ahead.
 *
 * @module
 */
export { cacheFolder } from './cache/cache-folder.js';
export type { CropSource } from './cache/crop-source.js';
export { VolumeCache } from './cache/volume-cache.js';
export { type CaseRecipe, CaseStore, type CaseStoreOptions } from './cases/case-store.js';
export { limitNotes } from './cases/note-limiter.js';
export { type CaseImage, readCaseImage, type ReadCaseOptions } from './cases/read-case.js';
export { type Dataset, filesOf, type LayoutName, layoutNames } from './dataset.js';
export { type LabelMaps, openLabelMaps } from './layout/label-maps.js';
export { readTableRows } from './layout/table-rows.js';
export { defaultWorkers, openSamples } from './loader/open-samples.js';
export { SamplePool } from './loader/sample-pool.js';
export type { SampleOptions } from './loader/sample-options.js';
export type {
  CropMove,
  DatasetCase,
  DatasetSeries,
  DrawnSample,
  RandomKey,
  SampleRequest,
  SampleSource,
  SampleTarget,
} from '@voxmim/core';
export { openDataset } from './open-dataset.js';
export { readLabelMap, readLabels, type ReadLabels } from './read-labels.js';
export {
  PHANTOM_NAME,
  type PhantomDatasetOptions,
  writePhantomDataset,
} from './write-phantom-dataset.js';
