import * as api from './index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "assignAll",
     "checkFinite",
     "decodePytorch",
     "decodeSafetensors",
     "encodeSafetensors",
     "formatTransferTable",
     "loadWeights",
     "readVariables",
     "recognizeWeights",
     "safetensorsChunks",
     "transferWeights",
     "variablesOf",
   ]
  `);
});
