import {
  noConsent,
  Registry,
  TaskRegistry,
  VolumeReaders,
  type Encoder,
  type EncoderContext,
  type HeadContext,
  type LoggerContext,
  type MaskStrategy,
  type Objective,
  type ObjectiveContext,
  type PluginConsent,
  type Registries,
  type SegmentationHead,
  type TrainingObserver,
} from '@voxmim/core';
import { identityDefinition, swinDefinition, vanDefinition, vitDefinition } from '@voxmim/encoders';
import {
  blockMaskingDefinition,
  foregroundMaskingDefinition,
  gridMaskingDefinition,
  groupedMaskingDefinition,
  randomMaskingDefinition,
  slabMaskingDefinition,
} from '@voxmim/masking';
import { maeDefinition, simclrDefinition, simmimDefinition } from '@voxmim/objectives';
import {
  lightDefinition,
  swinUnetrDefinition,
  unetrDefinition,
  upernetDefinition,
} from '@voxmim/segmentation';

/** What {@link createRegistries} may be told. */
export interface RegistriesOptions {
  /** Default: no plugin that a config names runs. See `userConsent`. */
  readonly consent?: PluginConsent;
}

/**
 * Fresh registries with every component that is built in, and no task: what a run does is `@voxmim/runs`'s
 * affair. They are values: what is registered in one is not seen by another.
 */
export function createRegistries({ consent = noConsent }: RegistriesOptions = {}): Registries {
  const encoders = new Registry<EncoderContext, Encoder>('encoder')
    .register(vitDefinition)
    .register(swinDefinition)
    .register(vanDefinition);
  return {
    tasks: new TaskRegistry(),
    encoders: encoders.register(identityDefinition(encoders)),
    masks: new Registry<undefined, MaskStrategy>('mask')
      .register(randomMaskingDefinition)
      .register(groupedMaskingDefinition)
      .register(blockMaskingDefinition)
      .register(gridMaskingDefinition)
      .register(slabMaskingDefinition)
      .register(foregroundMaskingDefinition),
    objectives: new Registry<ObjectiveContext, Objective>('objective')
      .register(maeDefinition)
      .register(simmimDefinition)
      .register(simclrDefinition),
    heads: new Registry<HeadContext, SegmentationHead>('head')
      .register(unetrDefinition)
      .register(swinUnetrDefinition)
      .register(upernetDefinition)
      .register(lightDefinition),
    loggers: new Registry<LoggerContext, TrainingObserver>('logger'),
    readers: new VolumeReaders(),
    plugins: new Map(),
    consent,
  };
}
