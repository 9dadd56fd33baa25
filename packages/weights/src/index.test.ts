import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "ModelCard",
     "PackageLabel",
     "PackageManifest",
     "assignAll",
     "checkFinite",
     "decodePytorch",
     "decodeSafetensors",
     "encodeSafetensors",
     "formatTransferTable",
     "isPackageName",
     "loadWeights",
     "modelCardText",
     "packageEntries",
     "readModelPackage",
     "readVariables",
     "recognizeWeights",
     "safetensorsChunks",
     "sumOf",
     "transferWeights",
     "variablesOf",
     "writeModelPackage",
   ]
  `);
});
