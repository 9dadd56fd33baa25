import type { Encoder, EncoderContext } from './encoder.js';
import type { HeadContext, SegmentationHead } from './head.js';
import type { LoggerContext } from './logger.js';
import type { MaskStrategy } from './mask.js';
import type { Objective, ObjectiveContext } from './objective.js';
import type { PluginConsent } from './plugin-consent.js';
import type { Registry } from './registry.js';
import type { TaskRegistry } from './task-registry.js';
import type { TrainingObserver } from './training-observer.js';
import type { VolumeReaders } from './volume-readers.js';

/** Every kind of component that a config may pick by name. */
export interface Registries {
  /** Kinds of training. */
  readonly tasks: TaskRegistry;
  readonly encoders: Registry<EncoderContext, Encoder>;
  readonly masks: Registry<undefined, MaskStrategy>;
  readonly objectives: Registry<ObjectiveContext, Objective>;
  readonly heads: Registry<HeadContext, SegmentationHead>;
  /** Who is told of every step and evaluation of a run, beside its own logs. */
  readonly loggers: Registry<LoggerContext, TrainingObserver>;
  /** Of volumes in formats that are not built in. */
  readonly readers: VolumeReaders;
  /** Plugins that have registered here: by name, the file that was imported. */
  readonly plugins: Map<string, string>;
  /** Who says which plugins that a config names may run. */
  readonly consent: PluginConsent;
}

/** What a plugin package exports. */
export interface Plugin {
  /** Adds the plugin's components; names are prefixed, such as `acme/convnext`. */
  register(registries: Registries): void;
}
