import * as runtime from './index.js';

it('exports these names', () => {
  expect(Object.keys(runtime).sort()).toEqual([
    'backendNames',
    'listBackends',
    'measureSpeed',
    'parseBackendName',
    'startBackend',
  ]);
});
