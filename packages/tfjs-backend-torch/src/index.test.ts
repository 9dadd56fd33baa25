import * as api from './index.js';

describe('the public API', () => {
  it('is what it was', () => {
    expect(Object.keys(api).sort()).toMatchInlineSnapshot(`
     [
       "TorchBackend",
       "TorchBackendError",
       "configuration",
       "configure",
       "configureStack",
       "locateTorch",
       "startTorchBackend",
       "statistics",
     ]
    `);
  });
});
