import * as tf from '@tensorflow/tfjs-core';

import { backendNames, listBackends, startBackend } from './index.js';

// The rank-7 probe makes wasm print a line; it keeps the console it was started with.
console.warn = jest.fn();

it('reports every backend in the order of choice and puts the current one back', async () => {
  await startBackend({ prefer: 'cpu' });

  const reports = await listBackends({ secondsEach: 0.001, threads: 1 });

  expect(reports.map(({ name }) => name)).toEqual([
    ...['torch', 'tfjs-node-gpu', 'torch', 'tfjs-node'],
    ...backendNames.slice(3),
  ]);
  expect(tf.getBackend()).toBe('cpu');
  const wasm = reports.find(({ name }) => name === 'wasm');
  expect(wasm).toMatchObject({ state: 'ready', version: '4.22.0' });
  expect(wasm?.speed?.matMul).toBeGreaterThan(0);
  const onnx = reports.find(({ name }) => name === 'onnx');
  expect(onnx).toMatchObject({ state: 'ready', devices: expect.arrayContaining(['cpu']) });
  expect(onnx?.device).toMatch(/^cpu: 1 thread of/);
  const webgpu = reports.find(({ name }) => name === 'webgpu');
  expect(webgpu).toMatchObject({ state: 'missing', howToGet: expect.stringContaining('import') });
});

it('tries the device asked for where a backend has it, and says how to do without', async () => {
  const device = process.platform === 'win32' ? 'coreml' : 'dml';
  const reports = await listBackends({ secondsEach: 0, device });

  const onnx = reports.find(({ name }) => name === 'onnx');
  expect(onnx).toMatchObject({ state: 'broken', howToGet: expect.stringContaining('device out') });
  expect(reports.find(({ name }) => name === 'cpu')).toMatchObject({ state: 'ready' });
});
