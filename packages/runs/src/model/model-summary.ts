import { volumeOf, type ParameterOwner, type Task } from '@voxmim/core';
import { gradientsOf } from '@voxmim/nn/gradients';
import type { RunFields } from '@voxmim/presets';
import type { StartedBackend } from '@voxmim/runtime';
import type * as tf from '@tensorflow/tfjs-core';

import { countWork, type Work } from './count-work.js';

/** What a model is and what a training step of it costs. */
export interface ModelSummary {
  readonly input: readonly number[];
  /** Tokens per crop and how many of them the encoder sees; null without a token grid. */
  readonly tokens: { readonly total: number; readonly visible: number } | null;
  readonly parameters: { readonly encoder: number; readonly rest: number; readonly total: number };
  /** Of one optimizer step, forward and backward; null where counting would mean computing. */
  readonly flopsPerStep: number | null;
  readonly memory: {
    /** Weights, their gradients and AdamW's two moments. */
    readonly stateBytes: number;
    /** What a step holds besides, at most; null where it was not counted. */
    readonly workBytes: number | null;
  };
}

/** Backends that only record, so that counting is free. */
const LAZY: readonly StartedBackend['name'][] = ['onnx'];

/** The summary of a task with its model. */
export function summarizeTask(
  fields: RunFields,
  task: Task,
  backend: StartedBackend,
): ModelSummary {
  const { loss, trained, visibleTokens } = task.step();
  const work = workOf(loss, trained, backend);
  const total = countParameters(task.model);
  const inEncoder = countParameters(task.encoder);
  const { batchSize, crop, inChannels, optimizer } = fields;
  return {
    input: [batchSize, ...crop, inChannels],
    tokens: { total: volumeOf(task.encoder.geometry.gridShape), visible: visibleTokens },
    parameters: { encoder: inEncoder, rest: total - inEncoder, total },
    flopsPerStep: work && work.flops * optimizer.accumulate,
    memory: {
      stateBytes: 4 * total + 12 * countParameters(trained),
      workBytes: work && work.resultBytes,
    },
  };
}

function workOf(
  loss: () => tf.Scalar,
  owner: ParameterOwner,
  { name }: StartedBackend,
): Work | null {
  if (!LAZY.includes(name)) return null;
  return countWork(() => void gradientsOf(loss, owner.namedParameters()));
}

function countParameters(owner: ParameterOwner): number {
  return [...owner.namedParameters().values()].reduce((sum, { size }) => sum + size, 0);
}

/** A summary as aligned lines. */
export function formatModelSummary(model: ModelSummary): string {
  const { tokens, parameters, memory, flopsPerStep } = model;
  const rows: [string, string][] = [
    ['input', `[${model.input.join(', ')}]`],
    ...(tokens ? [['tokens', tokensText(tokens)] satisfies [string, string]] : []),
    [
      'parameters',
      `${count(parameters.total)} (encoder ${count(parameters.encoder)}, rest ${count(parameters.rest)})`,
    ],
    [
      'work per step',
      flopsPerStep === null
        ? 'not counted on this backend'
        : `${(flopsPerStep / 1e9).toFixed(1)} GFLOP`,
    ],
    ['memory', memoryText(memory)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)}${value}`).join('\n');
}

function tokensText({ total, visible }: { total: number; visible: number }): string {
  return visible === total ? `${total}` : `${total}, of which the encoder sees ${visible}`;
}

function memoryText({ stateBytes, workBytes }: ModelSummary['memory']): string {
  const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en-US')} MiB`;
  const state = `${mebibytes(stateBytes)} for weights, gradients and AdamW`;
  return workBytes === null
    ? state
    : `${state}, up to ${mebibytes(workBytes)} for a step's results`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
