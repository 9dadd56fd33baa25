import * as api from './index.js';

describe('the public API', () => {
  it('is what it was', () => {
    expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
     [
       "OnnxBackend",
       "OnnxBackendError",
       "checkExport",
       "configuration",
       "configure",
       "exportOnnx",
       "flush",
       "flushSync",
       "listExecutionProviders",
       "setThreads",
       "statistics",
     ]
    `);
  });
});
