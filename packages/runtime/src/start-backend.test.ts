import { isVoxmimError } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { candidates } from './candidates.js';
import { startBackend } from './index.js';

// The rank-7 probe makes wasm print a line; it keeps the console it was started with.
console.warn = jest.fn();

describe('startBackend', () => {
  it('starts the one asked for and says so', async () => {
    const started = await startBackend({ prefer: 'cpu', environment: { VOXMIM_BACKEND: 'wasm' } });

    expect(started).toMatchObject({ name: 'cpu', defects: [] });
    expect(started.reasons).toEqual(['cpu: asked for by the caller', 'cpu: passed its self-check']);
    expect(started.version).toMatch(/^4\./);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('does as VOXMIM_BACKEND says', async () => {
    const started = await startBackend({ environment: { VOXMIM_BACKEND: 'wasm' } });

    expect(started.name).toBe('wasm');
    expect(started.reasons[0]).toBe('wasm: asked for by VOXMIM_BACKEND');
    expect(tf.getBackend()).toBe('wasm');
  });

  it('names the defects of wasm that models route around', async () => {
    const { defects } = await startBackend({ prefer: 'wasm' });

    expect(defects.map((defect) => defect.split(' (')[0])).toEqual([
      'the gradient of conv3d for its input zeroes depth slices',
      'the gradient of a strided conv3d for its filter is not summed',
      'arithmetic on tensors of rank 7 returns garbage',
      'oneHot of type float32 is not one',
    ]);
  });

  it('falls through to the first that works, with a reason for each that does not', async () => {
    const loads = candidates
      .filter(({ name }) => name !== 'cpu')
      .map((candidate) => jest.spyOn(candidate, 'load').mockRejectedValue(new Error('no\nmore')));

    const started = await startBackend({ environment: {} });

    expect(loads).toHaveLength(7);
    expect(started.name).toBe('cpu');
    expect(started.reasons.slice(0, 2)).toEqual(['torch: no', 'tfjs-node-gpu: no']);
    expect(started.reasons).toHaveLength(8);
  });

  it('does not fall back from a backend that was asked for', async () => {
    const error: unknown = await startBackend({ prefer: 'webgpu' }).catch(
      (thrown: unknown) => thrown,
    );

    expect(isVoxmimError(error, 'BACKEND_UNAVAILABLE') && error.details.backend).toBe('webgpu');
    expect(String(error)).toContain('@tensorflow/tfjs-backend-webgpu');
  });

  it('suggests the nearest name', async () => {
    const error: unknown = await startBackend({ prefer: 'onyx' }).catch(
      (thrown: unknown) => thrown,
    );

    expect(isVoxmimError(error, 'UNKNOWN_COMPONENT') && error.remedy).toMatch(
      /^Did you mean "onnx"\?/,
    );
  });

  it('takes threads from the caller, else from VOXMIM_THREADS, and says so', async () => {
    const environment = { VOXMIM_THREADS: '1' };
    const one = await startBackend({ prefer: 'onnx', environment });
    const two = await startBackend({ prefer: 'onnx', threads: 2, environment });

    expect(one.device).toMatch(/^cpu: 1 thread of /);
    expect(two.device).toMatch(/^cpu: 2 threads of /);
    expect(one.devices).toContain('cpu');
  });

  it.each(['0', 'many', '1e9', '1.5'])('refuses VOXMIM_THREADS=%s', async (text) => {
    const error: unknown = await startBackend({
      prefer: 'cpu',
      environment: { VOXMIM_THREADS: text },
    }).catch((thrown: unknown) => thrown);

    expect(isVoxmimError(error, 'INVALID_CONFIG') && error.details.path).toBe('VOXMIM_THREADS');
    expect(String(error)).toContain(`VOXMIM_THREADS is ${text}.`);
  });

  it('names the backends for a device that the one asked for is not for', async () => {
    const error: unknown = await startBackend({ prefer: 'wasm', device: 'cuda' }).catch(
      (thrown: unknown) => thrown,
    );

    expect(isVoxmimError(error, 'UNSUPPORTED_CAPABILITY') && error.details.capability).toBe('cuda');
    expect(String(error)).toContain('take torch or tfjs-node-gpu or onnx.');
  });

  it('tries only backends for the device asked for', async () => {
    const given = { environment: { VOXMIM_DEVICE: 'tensorrt' } };
    const tried = candidates
      .filter(({ name }) => name !== 'onnx')
      .map((candidate) => jest.spyOn(candidate, 'load'));
    const onnx = candidates.find(({ name }) => name === 'onnx');
    jest.spyOn(onnx!, 'load').mockRejectedValue(new Error('no such library'));

    const error: unknown = await startBackend(given).catch((thrown: unknown) => thrown);

    for (const load of tried) expect(load).not.toHaveBeenCalled();
    expect(isVoxmimError(error, 'BACKEND_UNAVAILABLE') && error.details.reason).toBe(
      'onnx: no such library',
    );
  });

  it('says what is missing for a device, and computes on the processor afterwards', async () => {
    // Each build lacks one of these, made for Windows and for macOS.
    const device = process.platform === 'win32' ? 'coreml' : 'dml';
    const error: unknown = await startBackend({ prefer: 'onnx', device }).catch(
      (thrown: unknown) => thrown,
    );

    expect(isVoxmimError(error, 'BACKEND_UNAVAILABLE') && error.details.reason).toContain(
      `has no execution provider ${device}; it has cpu`,
    );
    expect((await startBackend({ prefer: 'onnx', environment: {} })).device).toMatch(/^cpu: /);
  });

  it('suggests the nearest device', async () => {
    const error: unknown = await startBackend({ device: 'cudda' }).catch(
      (thrown: unknown) => thrown,
    );

    expect(isVoxmimError(error, 'UNKNOWN_COMPONENT') && error.remedy).toMatch(
      /^Did you mean "cuda"\?/,
    );
  });
});
