import { type DeviceName } from '@voxmim/core';
import type { BackendName } from './backend-name.js';
import type { Candidate } from './candidate.js';
import { onnxCandidate } from './onnx-candidate.js';
import { cpuCandidate, wasmCandidate, webgpuCandidate } from './portable-candidates.js';
import { tensorflowCandidate } from './tensorflow/tensorflow-candidate.js';
import { torchCandidate } from './torch-candidate.js';

/** All backends, in the order of choice. */
export const candidates: readonly Candidate[] = [
  torchCandidate('cuda'),
  tensorflowCandidate('tfjs-node-gpu'),
  torchCandidate('cpu'),
  tensorflowCandidate('tfjs-node'),
  onnxCandidate,
  webgpuCandidate,
  wasmCandidate,
  cpuCandidate,
];

/** The candidates of a name, and only they; all of them without a name. */
export function candidatesFor(name: BackendName | undefined): readonly Candidate[] {
  return candidates.filter((candidate) => name === undefined || candidate.name === name);
}

/** Whether a candidate computes on a device; any does without one. */
export function computesOn(
  { devices, hasCards = false }: Candidate,
  device: DeviceName | undefined,
): boolean {
  if (device === undefined) return true;
  return devices.some((own) => own === device || (hasCards && device.startsWith(`${own}:`)));
}
