import { type ParameterOwner, VoxmimError } from '@voxmim/core';
import * as tf from '@tensorflow/tfjs-core';

import { checkFinite } from '../finite-tensors.js';
import type { StoredTensor, TensorMap } from '../safetensors/stored-tensor.js';
import { assignStored, variablesOf } from '../stored-variables.js';
import { type AdaptationGeometry, adaptTensor } from './adapt-tensor.js';

/** What became of one tensor. */
export interface TransferEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** How it was adapted, or why it could not be used. */
  readonly note?: string;
}

/** What a transfer did, tensor by tensor. */
export interface TransferReport {
  /** Where the weights came from. */
  readonly path: string;
  readonly matched: readonly TransferEntry[];
  readonly adapted: readonly TransferEntry[];
  /** Within the scope, but keeping their initial values. */
  readonly missing: readonly TransferEntry[];
  /** In the source, but asked for by nothing. */
  readonly unused: readonly TransferEntry[];
  /** Outside the scope: meant to be new, such as a head. */
  readonly fresh: readonly TransferEntry[];
  /** The share of the scope's values that were filled, 0 … 1. */
  readonly coverage: number;
}

/** How {@link transferWeights} goes about it. */
export interface TransferOptions {
  /** Names the source in messages. */
  readonly path: string;
  /** Which of the target's tensors must be filled. Default: those under `encoder.`. */
  readonly scope?: (name: string) => boolean;
  /** The source's name for a tensor of the target. Default: the same. */
  readonly sourceName?: (name: string) => string;
  /** The coverage below which the transfer fails; default 0.95. */
  readonly minCoverage?: number;
  /** Needed to adapt positions and input channels; without it, shapes must agree. */
  readonly geometry?: { readonly source: AdaptationGeometry; readonly target: AdaptationGeometry };
}

/**
 * Copies weights by name into the part of a model that `options.scope` names, adapting position
 * embeddings to another grid and patch embeddings to another number of channels.
 *
 * @returns what was matched, adapted, missing and unused; show it with {@link formatTransferTable}
 * @throws `CHECKPOINT_MISMATCH` when coverage is too low; `INVALID_FILE` when a
 *   tensor that would be used is not finite; `target` is then unchanged
 */
export function transferWeights(
  source: TensorMap,
  target: ParameterOwner,
  options: TransferOptions,
): TransferReport {
  const { path, scope = inEncoder, sourceName = same, minCoverage = 0.95 } = options;
  const variables = variablesOf(target);
  const filled = new Map<string, StoredTensor>();
  const used = new Set<string>();
  const report = { matched: entries(), adapted: entries(), missing: entries(), fresh: entries() };
  for (const [name, variable] of variables) {
    const entry = { name, shape: variable.shape };
    if (!scope(name)) {
      report.fresh.push(entry);
      continue;
    }
    const fit = fitTensor(name, variable, source.get(sourceName(name)), options);
    report[fit.kind].push(fit.note === undefined ? entry : { ...entry, note: fit.note });
    if (fit.tensor) filled.set(name, fit.tensor);
    used.add(sourceName(name));
  }
  const unused = [...source]
    .filter(([name]) => !used.has(name))
    .map(([name, { shape }]) => ({
      ...{ name, shape },
      ...(CLASS_TOKEN.test(name) && { note: 'dropped: the model has no class token' }),
    }));
  const coverage = coverageOf([...report.matched, ...report.adapted], report.missing);
  if (coverage < minCoverage) throw tooLittle(path, coverage, minCoverage, report.missing);
  checkFinite(filled, path);
  for (const [name, tensor] of filled) {
    const variable = variables.get(name);
    if (variable) assignStored(variable, tensor);
  }
  return { path, ...report, unused, coverage };
}

/** Of an encoder: the one tensor that changes what the others were trained beside. */
const CLASS_TOKEN = /^(encoder\.)?cls_token$/;
const inEncoder = (name: string) => name.startsWith('encoder.');
const same = (name: string) => name;
const entries = (): TransferEntry[] => [];

interface Fit {
  readonly kind: 'matched' | 'adapted' | 'missing';
  readonly tensor?: StoredTensor;
  readonly note?: string;
}

function fitTensor(
  name: string,
  { shape }: tf.Variable,
  stored: StoredTensor | undefined,
  { geometry }: TransferOptions,
): Fit {
  if (!stored) return { kind: 'missing', note: 'not in the checkpoint' };
  const agrees = tf.util.arraysEqual(shape, [...stored.shape]);
  // First: two grids may have equally many tokens and still mean other places.
  const adapted = geometry && adaptTensor(name, stored, shape, geometry.source, geometry.target);
  if (adapted) return { kind: 'adapted', tensor: adapted.tensor, note: adapted.how };
  if (agrees) return { kind: 'matched', tensor: stored };
  return { kind: 'missing', note: `the checkpoint's is [${stored.shape.join(', ')}]` };
}

function coverageOf(filled: readonly TransferEntry[], missing: readonly TransferEntry[]): number {
  const count = (list: readonly TransferEntry[]) =>
    list.reduce((sum, { shape }) => sum + tf.util.sizeFromShape([...shape]), 0);
  const total = count(filled) + count(missing);
  return total === 0 ? 0 : count(filled) / total;
}

function tooLittle(
  path: string,
  coverage: number,
  minCoverage: number,
  missing: readonly TransferEntry[],
): VoxmimError<'CHECKPOINT_MISMATCH'> {
  const names = missing.map(({ name }) => name);
  const shown = missing
    .slice(0, 3)
    .map(({ name, shape, note }) => `${name} [${shape.join(', ')}] (${note ?? ''})`);
  return new VoxmimError(
    'CHECKPOINT_MISMATCH',
    `${path} fills ${(100 * coverage).toFixed(1)} % of what is to be filled, ` +
      `${(100 * minCoverage).toFixed(0)} % are asked for. ` +
      (shown.length > 0 ? `Missing: ${shown.join(', ')}${names.length > 3 ? ', …' : ''}.` : ''),
    'Give the model the config that the weights were trained with, or lower the threshold.',
    { path, coverage, missing: names },
  );
}
