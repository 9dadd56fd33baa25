import {
  createRandom,
  volumeOf,
  type Encoder,
  type ParameterOwner,
  type Random,
  type TokenMask,
  type Registries,
} from '@voxmim/core';
import { sampleMask } from '@voxmim/masking';
import type { StartedBackend } from '@voxmim/runtime';
import { gradientsOf } from '@voxmim/nn/gradients';
import * as tf from '@tensorflow/tfjs-core';

import {
  frozenSteps,
  type FinetuneConfig,
  createMaskStrategy,
  type PretrainConfig,
  buildPretrainModel,
  buildSegmenter,
  type PretrainModel,
  trainingLoss,
} from '@voxmim/presets';
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

/** The summary of a pretraining model. Builds it, with weights that are not drawn, and frees it. */
export function summarizePretraining(
  config: PretrainConfig,
  registries: Registries,
  backend: StartedBackend,
): ModelSummary {
  const model = buildPretrainModel(config, registries, () => still);
  const { encoder, objective } = model;
  try {
    const { loss, visible } = passOf(config, model, registries);
    const work = workOf(loss, objective, backend);
    return summary(config, encoder, objective, work, visible);
  } finally {
    model.dispose();
  }
}

/** One pass over empty crops, and the tokens of each that the encoder sees in it. */
function passOf(
  config: PretrainConfig,
  { encoder, objective }: PretrainModel,
  registries: Registries,
): { loss: () => tf.Scalar; visible: number } {
  const volumes = () => tf.zeros<tf.Rank.R5>(inputOf(config));
  if (objective.kind === 'contrastive') {
    const loss = () => objective.loss(volumes(), volumes());
    return { loss, visible: volumeOf(encoder.geometry.gridShape) };
  }
  const mask = maskOf(config, encoder, registries);
  const loss = () => objective.loss(volumes(), mask);
  return { loss, visible: mask.visibleIds.length / mask.batchSize };
}

/** A mask such as the run would draw, of empty crops. */
function maskOf(config: PretrainConfig, { geometry }: Encoder, registries: Registries): TokenMask {
  const contexts = Array.from({ length: config.batchSize }, (_, sample) => ({
    gridShape: geometry.gridShape,
    patchSize: geometry.patchSize,
    random: createRandom(0, sample),
    progress: 0,
    voxels: new Float32Array(volumeOf(config.crop) * config.inChannels),
  }));
  return sampleMask(createMaskStrategy(config, registries), contexts);
}

/** The summary of a segmentation model. */
export function summarizeSegmenter(
  config: FinetuneConfig,
  numClasses: number,
  registries: Registries,
  backend: StartedBackend,
): ModelSummary {
  const model = buildSegmenter(config, numClasses, registries, () => still);
  const shape = inputOf(config);
  const [batch, depth, height, width] = shape;
  const loss = () =>
    trainingLoss(
      model.logits(tf.zeros(shape), { training: true, random: still }),
      tf.zeros([batch, depth, height, width], 'int32'),
      config,
    );
  const trained = frozenSteps(config.freeze) === Infinity ? model.head : model;
  try {
    const work = workOf(loss, trained, backend);
    const cells = volumeOf(model.encoder.geometry.gridShape);
    return summary(config, model.encoder, model, work, cells, trained);
  } finally {
    model.dispose();
  }
}

type SummarizedConfig = PretrainConfig | FinetuneConfig;

function inputOf({
  batchSize,
  crop,
  inChannels,
}: SummarizedConfig): [number, number, number, number, number] {
  return [batchSize, ...crop, inChannels];
}

function workOf(
  loss: () => tf.Scalar,
  owner: ParameterOwner,
  { name }: StartedBackend,
): Work | null {
  if (!LAZY.includes(name)) return null;
  return countWork(() => void gradientsOf(loss, owner.namedParameters()));
}

function summary(
  config: SummarizedConfig,
  encoder: Encoder,
  owner: ParameterOwner,
  work: Work | null,
  visible: number,
  trained = owner,
): ModelSummary {
  const total = countParameters(owner);
  const inEncoder = countParameters(encoder);
  const { accumulate } = config.optimizer;
  return {
    input: inputOf(config),
    tokens: { total: volumeOf(encoder.geometry.gridShape), visible },
    parameters: { encoder: inEncoder, rest: total - inEncoder, total },
    flopsPerStep: work && work.flops * accumulate,
    memory: {
      stateBytes: 4 * total + 12 * countParameters(trained),
      workBytes: work && work.resultBytes,
    },
  };
}

function countParameters(owner: ParameterOwner): number {
  return [...owner.namedParameters().values()].reduce((sum, { size }) => sum + size, 0);
}

/** Makes weights at no cost where only their shapes matter. */
const still: Random = {
  uniform: () => 0.5,
  integer: () => 0,
  normal: () => 0,
  fillBits: (target) => target.fill(0),
  stream: () => still,
};

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
