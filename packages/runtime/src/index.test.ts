import * as runtime from './index.js';

it('exports these names', () => {
  expect(Object.keys(runtime).sort()).toEqual([
    'backendNames',
    'deviceNames',
    'linkTensorflow',
    'listBackends',
    'measureSpeed',
    'parseBackendName',
    'precisionNames',
    'startBackend',
  ]);
});
