import type { z } from 'zod';

import { VoxmimError } from './errors.js';
import { nearestName } from './nearest-name.js';
import { parseConfig } from './schema.js';

/** A zod schema of an object. */
export type ConfigSchema = z.ZodType<Record<string, unknown>>;

/** A named factory: its config's schema is the source of types, defaults, flags and docs. */
export interface ComponentDefinition<Schema extends ConfigSchema, Context, Component> {
  readonly name: string;
  readonly config: Schema;
  create(config: z.output<Schema>, context: Context): Component;
}

interface Entry<Context, Component> {
  readonly schema: ConfigSchema;
  create(config: unknown, context: Context, origin: string): Component;
}

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
    const { name, config: schema } = definition;
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
   * Checks the part of a config that selects and configures one component.
   *
   * @returns the config with every default filled in, and its name
   * @throws `UNKNOWN_COMPONENT`, `INVALID_CONFIG`
   */
  parse({ name, ...config }: NamedConfig): NamedConfig {
    const parsed = parseConfig(this.#entry(name).schema, config, `${this.kind} "${name}"`);
    return { name, ...parsed };
  }

  /**
   * Builds the component that `config.name` asks for from the rest of `config`.
   *
   * @throws `UNKNOWN_COMPONENT`, `INVALID_CONFIG`, and what the component throws
   */
  create({ name, ...config }: NamedConfig, context: Context): Component {
    return this.#entry(name).create(config, context, `${this.kind} "${name}"`);
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

/** The part of a config file that picks a component by name and configures it. */
export interface NamedConfig {
  readonly name: string;
  readonly [key: string]: unknown;
}
