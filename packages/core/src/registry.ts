import type * as z from 'zod';

import type { EncoderCapability } from './encoder.js';
import { VoxmimError } from './errors.js';
import { nearestName } from './nearest-name.js';
import { parseConfig } from './schema.js';

/** A zod schema of an object. */
export type ConfigSchema = z.ZodType<Record<string, unknown>>;

/** A named factory: its config's schema is the source of types, defaults, flags and docs. */
export interface ComponentDefinition<Schema extends ConfigSchema, Context, Component> {
  readonly name: string;
  readonly config: Schema;
  /**
   * Named sets of values, such as the sizes of a paper. A config picks one by `preset` and may
   * override any part of it.
   */
  readonly presets?: Readonly<Record<string, Partial<z.input<Schema>>>>;
  /**
   * What an encoder can do for what is put on it, so that a config whose parts do not fit is refused
   * before anything is built. Left out, it shows when the model is built: before a run has a folder.
   */
  readonly offers?: readonly EncoderCapability[];
  /** What an objective or head needs of its encoder. */
  readonly needs?: readonly EncoderCapability[];
  /**
   * How many views of a volume an objective compares, so that a run augments each by default; 1 where
   * it is not said.
   */
  readonly views?: 1 | 2;
  create(config: z.output<Schema>, context: Context): Component;
}

interface Entry<Context, Component> {
  readonly schema: ConfigSchema;
  readonly presets: Presets;
  readonly offers: readonly EncoderCapability[] | undefined;
  readonly needs: readonly EncoderCapability[];
  readonly views: 1 | 2;
  create(config: unknown, context: Context, origin: string): Component;
}

type Presets = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Components by name. Registries are values: there is no global one, and what a component needs
 * beside its config (an encoder, a random stream) comes as `Context`.
 */
export class Registry<Context, Component> {
  readonly #entries = new Map<string, Entry<Context, Component>>();

  constructor(
    /** What the entries are, in words: `encoder`, `objective`, … */
    readonly kind: string,
  ) {}

  /**
   * Adds a definition; returns `this` so that calls chain.
   *
   * @throws `INVALID_CONFIG` when the name is taken
   */
  register<Schema extends ConfigSchema>(
    definition: ComponentDefinition<Schema, Context, Component>,
  ): this {
    const { name, config: schema, presets = {}, offers, needs = [], views = 1 } = definition;
    if (this.#entries.has(name)) {
      throw new VoxmimError(
        'INVALID_CONFIG',
        `${this.kind} "${name}" is already registered.`,
        'Give the plugin a prefixed name, such as "acme/unetr".',
        { path: 'name', received: name },
      );
    }
    this.#entries.set(name, {
      schema,
      presets,
      offers,
      needs,
      views,
      create: (config, context, origin) =>
        definition.create(parseConfig(schema, config, origin), context),
    });
    return this;
  }

  /** Registered names, in order of registration. */
  names(): string[] {
    return [...this.#entries.keys()];
  }

  /**
   * The schema of one component's config, without its `name`.
   *
   * @throws `UNKNOWN_COMPONENT`
   */
  schema(name: string): ConfigSchema {
    return this.#entry(name).schema;
  }

  /**
   * The names of one component's presets.
   *
   * @throws `UNKNOWN_COMPONENT`
   */
  presets(name: string): string[] {
    return Object.keys(this.#entry(name).presets);
  }

  /**
   * What one component is said to offer; undefined where its definition does not tell.
   *
   * @throws `UNKNOWN_COMPONENT`
   */
  offers(name: string): readonly EncoderCapability[] | undefined {
    return this.#entry(name).offers;
  }

  /**
   * What one component needs of the encoder below it.
   *
   * @throws `UNKNOWN_COMPONENT`
   */
  needs(name: string): readonly EncoderCapability[] {
    return this.#entry(name).needs;
  }

  /**
   * How many views of a volume one objective compares.
   *
   * @throws `UNKNOWN_COMPONENT`
   */
  views(name: string): 1 | 2 {
    return this.#entry(name).views;
  }

  /**
   * Checks the part of a config that selects and configures one component.
   *
   * @returns the config with its preset and every default filled in, and its name; it says all, so
   *   it no longer names the preset
   * @throws `UNKNOWN_COMPONENT`, `INVALID_CONFIG`
   */
  parse({ name, ...config }: NamedConfig): NamedConfig {
    const { schema, presets } = this.#entry(name);
    const origin = `${this.kind} "${name}"`;
    return { name, ...parseConfig(schema, withPreset(config, presets, origin), origin) };
  }

  /**
   * Builds the component that `config.name` asks for from the rest of `config`.
   *
   * @throws `UNKNOWN_COMPONENT`, `INVALID_CONFIG`, and what the component throws
   */
  create({ name, ...config }: NamedConfig, context: Context): Component {
    const entry = this.#entry(name);
    const origin = `${this.kind} "${name}"`;
    return entry.create(withPreset(config, entry.presets, origin), context, origin);
  }

  #entry(name: string): Entry<Context, Component> {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    const known = this.names().sort();
    const guess = nearestName(name, known);
    throw new VoxmimError(
      'UNKNOWN_COMPONENT',
      `No ${this.kind} is called "${name}"${guess ? `; did you mean "${guess}"?` : '.'}`,
      `Use one of ${known.join(', ')}, or name the plugin that has it under "plugins".`,
      { kind: this.kind, name, known },
    );
  }
}

/** `config` over the values of the preset it names; as it is where the component has no presets. */
function withPreset(
  config: Readonly<Record<string, unknown>>,
  presets: Presets,
  origin: string,
): unknown {
  const known = Object.keys(presets);
  const { preset, ...rest } = config;
  if (known.length === 0 || preset === undefined) return config;
  const name = typeof preset === 'string' ? preset : JSON.stringify(preset);
  const values = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (values) return { ...values, ...rest };
  const guess = nearestName(name, known);
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: preset: there is no "${name}"${guess ? `; did you mean "${guess}"?` : '.'}`,
    `Use one of ${known.join(', ')}, or leave "preset" out and set the fields.`,
    { path: 'preset', received: preset },
  );
}

/** The part of a config file that picks a component by name and configures it. */
export interface NamedConfig {
  readonly name: string;
  readonly [key: string]: unknown;
}
