import * as runtime from './index.js';

it('exports these names', () => {
  expect(Object.keys(runtime).sort()).toEqual([
    'backendNames',
    'linkTensorflow',
    'listBackends',
    'measureSpeed',
    'openExchange',
    'parseBackendName',
    'ranksOf',
    'startBackend',
  ]);
});
