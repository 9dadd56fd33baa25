import * as api from './index.js';
import * as dicom from './dicom/index.js';
import * as node from './node/index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "AugmentationConfig",
     "IntensityConfig",
     "PreprocessingConfig",
     "augment",
     "axisCodes",
     "balancedCrops",
     "boundingBox",
     "createPhantom",
     "cropBox",
     "directionsOf",
     "gridWithSpacing",
     "niftiDatatypes",
     "normalizeIntensity",
     "paddedBox",
     "parseAxisCodes",
     "percentileClip",
     "phantomClasses",
     "preprocess",
     "readNifti",
     "readNiftiHeader",
     "reorient",
     "resample",
     "uniformCrops",
     "windowIntensity",
     "writeNifti",
     "zScore",
   ]
  `);
  expect(Object.keys(dicom)).toEqual(['openDicom']);
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
   [
     "CaseStore",
     "dicomReader",
     "niftiReader",
     "openDataset",
     "openDicomFolder",
     "readCaseImage",
     "readLabels",
     "readNiftiFile",
     "readVolume",
     "writeFileWhole",
     "writePhantomDataset",
     "writeVolume",
   ]
  `);
});
