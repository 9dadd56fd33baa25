import * as api from './index.js';
import * as node from './node/index.js';

it('exports exactly this', () => {
  expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
   [
     "AdamW",
     "AdamWConfig",
     "CheckpointConfig",
     "ScheduleConfig",
     "WeightAverage",
     "clipByGlobalNorm",
     "clipFactor",
     "createSchedule",
     "globalNorm",
     "ownPasses",
     "parameterGroups",
     "restoreSnapshot",
     "scaledLearningRate",
     "takeSnapshot",
     "train",
     "warmupCosine",
     "warmupPoly",
   ]
  `);
  expect(Object.keys(node).sort()).toMatchInlineSnapshot(`
   [
     "CheckpointFolder",
     "JsonlLog",
     "TensorBoardLog",
     "findCheckpoint",
     "loadCheckpoint",
     "loadCheckpointWeights",
     "openCheckpointFolder",
     "readCheckpointConfig",
     "readJsonlLog",
     "readSafetensors",
     "stepFolders",
   ]
  `);
});
