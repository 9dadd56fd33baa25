import type { BackendName } from './backend-name.js';
import type { Candidate } from './candidate.js';
import { onnxCandidate } from './onnx-candidate.js';
import { cpuCandidate, wasmCandidate, webgpuCandidate } from './portable-candidates.js';
import { tensorflowCandidate } from './tensorflow/tensorflow-candidate.js';

/** All backends, in the order of choice. */
export const candidates: readonly Candidate[] = [
  tensorflowCandidate('tfjs-node-gpu'),
  tensorflowCandidate('tfjs-node'),
  onnxCandidate,
  webgpuCandidate,
  wasmCandidate,
  cpuCandidate,
];

/** The candidate of a name, and only it; all of them without a name. */
export function candidatesFor(name: BackendName | undefined): readonly Candidate[] {
  return candidates.filter((candidate) => name === undefined || candidate.name === name);
}
