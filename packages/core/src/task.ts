import type { Scalar, Tensor, Tensor5D } from '@tensorflow/tfjs-core';
import type * as z from 'zod';

import type { CropBalance, ClassBalance } from './crop-balance.js';
import type { CaseSplit, DatasetCase, SampleSource } from './dataset-case.js';
import type { Encoder, ForwardContext, ParameterOwner } from './encoder.js';
import type { Exchange } from './exchange.js';
import type { Random } from './random.js';
import type { Registries } from './registries.js';
import type { NamedConfig } from './registry.js';
import type { RunMonitor } from './run-monitor.js';
import type { Shape3 } from './shapes.js';
import type { TaskReport } from './task-report.js';
import type { TrainingBatch, TrainingResult } from './training-observer.js';
import type { Volume } from './volume.js';

/** What a task may read of the config of its runs, beside fields of its own. */
export interface RunConfig {
  readonly task: string;
  readonly seed: number;
  /** Voxels per axis of one sample. */
  readonly crop: Shape3;
  readonly inChannels: number;
  readonly encoder: NamedConfig;
  readonly steps: number;
  /** Crops per batch. */
  readonly batchSize: number;
  readonly optimizer: { readonly accumulate: number };
}

/** The weights that a run begins with. */
export interface InitialWeights {
  /** A run, one of its checkpoints, or a file of weights. */
  readonly checkpoint: string;
  readonly part: 'encoder' | 'all';
  readonly minCoverage: number;
  readonly rescale: boolean;
}

/** Fields of a config that tasks have which learn from labels over an encoder that may be pretrained. */
export interface TunedConfig {
  readonly from: InitialWeights | null;
  readonly freeze: { readonly encoder: boolean | number };
  /** How many of the training cases are used. */
  readonly labels: { readonly use: number | 'all'; readonly seed: number };
  readonly augmentation: Readonly<Record<string, unknown>>;
}

/** A schema of each field of a config: to be spread into a `z.strictObject`. */
export type FieldsOf<Config> = { readonly [Key in keyof Config]: z.ZodType<Config[Key]> };

/** What a task's schema is made of. */
export interface TaskFields {
  readonly registries: Registries;
  /** Every run has them, and more that are the host's own affair. */
  readonly run: FieldsOf<RunConfig>;
  /** Of tasks that may begin with a pretrained encoder. */
  readonly tuned: FieldsOf<TunedConfig>;
}

/** What a task checks a config with. */
export interface TaskParsing extends TaskFields {
  /** What the config is, such as its path; leads messages. */
  readonly origin: string;
  /**
   * Checks a config by its schema, and its encoder, crop and schedule by what they must fit; fills in defaults.
   *
   * @throws `INVALID_CONFIG`, `UNKNOWN_COMPONENT`
   */
  parse<Config extends RunConfig>(schema: z.ZodType<Config>, raw: unknown): Config;
}

/** A data set, before anything is prepared. */
export interface TaskDataset {
  readonly name: string;
  readonly root: string;
  /** Names of the labels of its label maps, background first; empty where nothing tells them. */
  readonly classes: readonly string[];
  readonly cases: readonly DatasetCase[];
}

/** A data set, and tables beside it. */
export interface TaskSource {
  readonly dataset: TaskDataset;
  /** The rows of a table (CSV, TSV), by column. Relative to where the command runs. @throws `INVALID_FILE` */
  readTable(path: string): Promise<readonly Readonly<Record<string, string>>[]>;
}

/** What is read of each case. */
export interface CaseReading {
  /** Names of the labels, background first; empty: no label map is read. */
  readonly classes: readonly string[];
  /** Volumes are padded to this. */
  readonly leastShape: Shape3;
  /**
   * By case what it is like, where cases have something to learn that is no label map: a drawn split shares each
   * kind out evenly, and cases that are not in it count as unlabeled.
   */
  readonly strata?: ReadonlyMap<string, string>;
}

/** A case as a network sees it. */
export interface PreparedCase {
  readonly image: Volume<Float32Array>;
  readonly labels?: Volume<Uint8Array>;
  /** Brings labels on the prepared grid back to the image's own grid. */
  toNative(labels: Volume<Uint8Array>): Volume<Uint8Array>;
}

/** Which samples a task asks for. */
export interface SamplesWanted {
  /** The cases they are of. */
  readonly ids: readonly string[];
  /** As the field `augmentation` of a config; what is not named has its default. */
  readonly augmentation: Readonly<Record<string, unknown>>;
  /** How often crops are centered on organs or classes; null or left out: they lie anywhere. */
  readonly balance?: CropBalance | ClassBalance | null;
  /** Reads label maps of so many classes, though the task's own cases have none. */
  readonly labelClasses?: number;
}

/** The cases of a run. */
export interface TaskData extends TaskSource {
  /** Of {@link CaseReading.classes}. */
  readonly classes: readonly string[];
  readonly split: CaseSplit;
  /** Whose scan a case is, by id, where anything tells. */
  readonly subjects: ReadonlyMap<string, string>;
  /** The prepared image of a case, and its labels where they are read; from memory or cache where it can be. */
  volumes(id: string): Promise<Pick<PreparedCase, 'image' | 'labels'>>;
  /** Reads and prepares a case from its files. */
  prepare(id: string): Promise<PreparedCase>;
  /** Those of `ids` that can be read, where unreadable cases are skipped; the others are named by a note. */
  readable(ids: readonly string[]): Promise<readonly string[]>;
  /** Opens a source of augmented crops; who opens it closes it. */
  openSamples(wanted: SamplesWanted): SampleSource;
}

/** Files of a run that a task may write. */
export type TaskFile =
  'split' | 'transfer' | 'evaluation' | 'evaluationTable' | 'predictions' | 'reconstructions';

/** How a task learns; see {@link TaskRun.fit}. */
export interface Fitting<Batch extends TrainingBatch> {
  /** Shown with the progress, such as `pretraining`. */
  readonly stage: string;
  /** First steps in which the encoder keeps its weights; default 0. */
  readonly frozenEncoderSteps?: number;
  /** The batch of a pass of a step; depends on these numbers alone. */
  readonly load: (step: number, pass: number) => Promise<Batch>;
  /** The mean loss of a batch; runs inside a tidy, reads no tensor. */
  readonly loss: (batch: Batch, context: ForwardContext, step: number) => Scalar;
  /** Steps between evaluations. */
  readonly evaluateEvery: number;
  /** `score` chooses the checkpoint: higher is better. */
  readonly evaluate: (
    step: number,
  ) => Promise<{ score: number; metrics: Readonly<Record<string, number>> }>;
}

/** A run, as its task sees it. */
export interface TaskRun {
  readonly data: TaskData;
  readonly monitor: RunMonitor;
  readonly registries: Registries;
  /** The other processes that train this model; what `evaluate` of a fitting finds must be the same in all. */
  readonly exchange: Exchange | undefined;
  /** Whether `data.onError` lets what cannot be read be left out. */
  readonly skipsUnreadable: boolean;
  /** Where a file or folder of the run lies. */
  path(file: TaskFile): string;
  writeJson(file: TaskFile, value: unknown): Promise<void>;
  writeText(file: TaskFile, text: string): Promise<void>;
  /** Trains as the config says: optimizer, schedule, checkpoints, logs, and going on where it was stopped. */
  fit<Batch extends TrainingBatch>(fitting: Fitting<Batch>): Promise<TrainingResult>;
}

/** Crops, still on the host. */
export interface HostCrops {
  /** `[B, D, H, W, C]` */
  readonly shape: [number, number, number, number, number];
  readonly voxels: Float32Array;
}

/** What is found of the cases that judge. */
export interface Judgment {
  /** The numbers, as JSON; what `evaluation.json` holds in short. */
  readonly summary: unknown;
  /** The same for people. */
  readonly text: string;
}

/** A model as a function of crops: what is exported. */
export interface TaskOutputs {
  readonly names: readonly string[];
  /** One tensor for each name. @param crops `[B, D, H, W, C]` */
  readonly of: (crops: Tensor5D) => Tensor[];
  /** What a user of an exported model must know, such as names of classes; as JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What a model says of one volume: a line of a table, the same columns for every case. */
export type PredictedRow = Readonly<Record<string, string | number>>;

/** What a training step of a task sees and costs. */
export interface StepFacts {
  /** Tokens of each crop that the encoder sees. */
  readonly visibleTokens: number;
  /** What gets gradients. */
  readonly trained: ParameterOwner;
  /** The loss of a batch of empty crops. */
  readonly loss: () => Scalar;
}

/** A task with a config and a model of its own. */
export interface Task {
  /** What is trained and saved; the encoder's variables are under `encoder.`. */
  readonly model: ParameterOwner;
  readonly encoder: Encoder;
  /** The weights to begin with; null or left out: from scratch. */
  readonly from?: InitialWeights | null;
  step(): StepFacts;
  /** Where crops of training lie, in words. Default: anywhere. */
  cropsText?(): string;
  /** A few crops of training, on which a pretrained encoder is measured before it is handed over. */
  someCrops?(data: TaskData): Promise<HostCrops>;
  /** Opens its samples, calls {@link TaskRun.fit} once, and leaves what belongs to its end. */
  train(run: TaskRun): Promise<TrainingResult>;
  /** Judges the best weights, which the model holds then, on the test cases. Left out: nothing is judged. */
  judge?(run: TaskRun): Promise<Judgment | undefined>;
  outputs(): TaskOutputs;
  /** What it says of a prepared volume, where its definition says that it predicts rows. */
  predictRow?(image: Volume<Float32Array>): Promise<PredictedRow>;
  /** Frees the model. */
  dispose(): void;
}

/** What a task is built from beside its config. */
export interface TaskContext {
  readonly registries: Registries;
  /** Where the initial values of each part of the model come from. */
  readonly random: (part: string) => Random;
  /** Builds the encoder of the config. */
  readonly createEncoder: () => Encoder;
}

/** What the data add to a config. */
export interface Settled<Config> {
  /** What a checkpoint must say to be used without the data set, such as names of classes. */
  readonly config: Config;
  /** The training cases whose labels are used; left out: labels do not enter. */
  readonly labeled?: readonly string[];
}

/** What a finished or interrupted run has left for its report. */
export interface SavedFindings {
  /** `evaluation.json`, parsed; undefined where it has none. */
  readonly evaluation: unknown;
  /** What it measured last. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly split: CaseSplit | undefined;
}

/** A kind of training: what its config says, what it reads, how it is built, judged and reported. */
export interface TaskDefinition<Config extends RunConfig> {
  /** The word for it in configs, such as `pretrain`; plugins prefix theirs, such as `acme/count`. */
  readonly name: string;
  /** What its runs are called, such as `Pretraining`. */
  readonly title: string;
  /** Which checkpoint of a run is the one to use; default: the best. */
  readonly checkpoint?: 'best' | 'last';
  /** What `voxmim predict` writes of new volumes; default: label maps. */
  readonly predicts?: 'labelMaps' | 'rows';
  /** Every field, components spelled out: for editors and overrides. */
  schema(fields: TaskFields): z.ZodObject;
  /**
   * Checks a config whole and fills in its defaults. Touches no data.
   *
   * @throws `INVALID_CONFIG`, `UNKNOWN_COMPONENT`, `UNSUPPORTED_CAPABILITY`
   */
  parse(raw: unknown, parsing: TaskParsing): Config;
  /** Default: images only, padded to the crop. @throws `INVALID_DATA` */
  read?(config: Config, source: TaskSource): Promise<CaseReading>;
  /** Default: the config as it is. @throws `INVALID_DATA` where the data lack what is learned */
  settle?(config: Config, data: TaskData, monitor: RunMonitor): Promise<Settled<Config>>;
  /** Builds model and all from a settled config. */
  create(config: Config, context: TaskContext): Task;
  /** Whether a run with this config is complete only with an evaluation. Default: no. */
  isJudged?(config: Config): boolean;
  report(found: SavedFindings): TaskReport;
}
