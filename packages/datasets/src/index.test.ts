import * as api from './index.js';
import * as node from './node/index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "CacheConfig",
     "DatasetLayoutConfig",
     "Fingerprint",
     "FingerprintCollector",
     "FingerprintProposal",
     "createPhantom",
     "phantomClasses",
   ]
  `);
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
   [
     "CaseStore",
     "PHANTOM_NAME",
     "SamplePool",
     "VolumeCache",
     "cacheFolder",
     "defaultWorkers",
     "filesOf",
     "layoutNames",
     "limitNotes",
     "openDataset",
     "openLabelMaps",
     "openSamples",
     "readCaseImage",
     "readLabelMap",
     "readLabels",
     "readTableRows",
     "writePhantomDataset",
   ]
  `);
});
