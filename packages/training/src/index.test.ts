import * as training from './index.js';
import * as node from './node/index.js';

it('exports these names', () => {
  expect(Object.keys(training).sort()).toMatchInlineSnapshot(`
   [
     "AdamW",
     "AdamWConfig",
     "ScheduleConfig",
     "WeightAverage",
     "clipByGlobalNorm",
     "clipFactor",
     "createSchedule",
     "decodeSafetensors",
     "encodeSafetensors",
     "formatTransferTable",
     "globalNorm",
     "gradientsOf",
     "loadWeights",
     "parameterGroups",
     "readVariables",
     "restoreSnapshot",
     "safetensorsChunks",
     "scaledLearningRate",
     "takeSnapshot",
     "train",
     "transferWeights",
     "variablesOf",
     "warmupCosine",
     "warmupPoly",
   ]
  `);
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
   [
     "CheckpointConfig",
     "CheckpointFolder",
     "JsonlLog",
     "TensorBoardLog",
     "findCheckpoint",
     "loadCheckpoint",
     "loadCheckpointWeights",
     "openCheckpointFolder",
     "readJsonlLog",
     "readSafetensors",
   ]
  `);
});
