import * as api from './index.js';
import * as dicom from './dicom/index.js';
import * as node from './node/index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "DicomStackConfig",
     "niftiDatatypes",
     "readNifti",
     "readNiftiHeader",
     "writeNifti",
   ]
  `);
  expect(Object.keys(dicom).sort()).toMatchInlineSnapshot(`
   [
     "DICOM_START_BYTES",
     "DicomStackConfig",
     "looksLikeDicom",
     "oneSeries",
     "openDicom",
   ]
  `);
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
   [
     "ConvertConfig",
     "convertVolume",
     "dicomFile",
     "dicomReader",
     "isDicomFile",
     "isNiftiName",
     "isSegFile",
     "niftiReader",
     "noSeries",
     "onlyVolume",
     "openDicomFolder",
     "readNiftiFile",
     "readOneSeries",
     "readVolume",
     "readWithNotes",
     "seriesWords",
     "walkFiles",
     "writeVolume",
   ]
  `);
});
