import { type DeviceName, deviceNames } from '@voxmim/core';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';

import { type BackendDescription, type Candidate, NotInstalled } from './candidate.js';
import type { EngineSettings } from './engine-settings.js';
import { findPackage } from './installed-package.js';
import { processor } from './processor.js';

const PACKAGE = '@voxmim/tfjs-backend-onnx';

/** ONNX Runtime: fast, and installed from the npm registry alone. */
export const onnxCandidate: Candidate = {
  name: 'onnx',
  engine: 'onnx',
  howToGet:
    '`ONNXRUNTIME_NODE_INSTALL=skip npm install @voxmim/tfjs-backend-onnx`; the variable keeps ' +
    'onnxruntime-node from a download that fails behind firewalls.',
  devices: deviceNames,
  load,
  describe,
};

/** An operation that the device lacks runs on the processor. */
async function load({ threads, device = 'cpu' }: EngineSettings): Promise<void> {
  if (!findRuntime()) throw new NotInstalled('onnxruntime-node is not installed');
  const { configure } = await import('@voxmim/tfjs-backend-onnx');
  const fallback: DeviceName[] = device === 'cpu' ? [] : ['cpu'];
  configure({
    threads: threads ?? availableParallelism(),
    executionProviders: [device, ...fallback],
  });
}

async function describe(): Promise<BackendDescription> {
  const { configuration, listExecutionProviders } = await import('@voxmim/tfjs-backend-onnx');
  const { threads, executionProviders } = configuration();
  return {
    version: `onnxruntime ${findRuntime()?.version ?? 'unknown'}`,
    device: `${executionProviders.join(', ')}: ${processor(threads)}`,
    devices: listExecutionProviders().map(({ name }) => name),
  };
}

/** From where the backend's own import of it starts. */
function findRuntime() {
  try {
    const origin = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
    return findPackage('onnxruntime-node', origin);
  } catch {
    return undefined;
  }
}
