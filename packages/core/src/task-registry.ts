import { VoxmimError } from './errors.js';
import { nearestName } from './nearest-name.js';
import type { RunMonitor } from './run-monitor.js';
import type {
  CaseReading,
  RunConfig,
  Task,
  TaskContext,
  TaskData,
  TaskDefinition,
  TaskParsing,
  TaskSource,
} from './task.js';

/** A task and a config that it has checked: nobody else needs to know the config's type. */
export interface ConfiguredTask {
  readonly definition: RegisteredTask;
  readonly config: RunConfig;
  /** Every field of the config, as data. */
  readonly fields: Readonly<Record<string, unknown>>;
  read(source: TaskSource): Promise<CaseReading>;
  /** @returns the task with what the data add, and the training cases whose labels it uses */
  settle(data: TaskData, monitor: RunMonitor): Promise<SettledTask>;
  create(context: TaskContext): Task;
  readonly isJudged: boolean;
}

/** What {@link ConfiguredTask.settle} gives. */
export interface SettledTask {
  readonly task: ConfiguredTask;
  readonly labeled?: readonly string[];
}

/** A task as a registry knows it. */
export interface RegisteredTask extends Pick<
  TaskDefinition<RunConfig>,
  'name' | 'title' | 'checkpoint' | 'predicts' | 'schema' | 'report'
> {
  /** Checks a config. @throws as `TaskDefinition.parse` */
  configure(raw: unknown, parsing: TaskParsing): ConfiguredTask;
}

/** Kinds of training by name. A value: there is no global one. */
export class TaskRegistry {
  readonly #tasks = new Map<string, RegisteredTask>();

  /**
   * Adds a task; returns `this` so that calls chain.
   *
   * @throws `INVALID_CONFIG` when the name is taken
   */
  register<Config extends RunConfig>(definition: TaskDefinition<Config>): this {
    const { name } = definition;
    if (this.#tasks.has(name)) {
      throw new VoxmimError(
        'INVALID_CONFIG',
        `The task "${name}" is already registered.`,
        'Give the plugin a prefixed name, such as "acme/count".',
        { path: 'task', received: name },
      );
    }
    this.#tasks.set(name, registered(definition));
    return this;
  }

  /** Registered names, in order of registration. */
  names(): string[] {
    return [...this.#tasks.keys()];
  }

  /** @throws `UNKNOWN_COMPONENT` */
  get(name: string): RegisteredTask {
    const task = this.#tasks.get(name);
    if (task) return task;
    const known = this.names().sort();
    const guess = nearestName(name, known);
    throw new VoxmimError(
      'UNKNOWN_COMPONENT',
      `No task is called "${name}"${guess ? `; did you mean "${guess}"?` : '.'}`,
      `Use one of ${known.join(', ')}, or name the plugin that has it under "plugins".`,
      { kind: 'task', name, known },
    );
  }
}

/** A definition without the type of its config. */
export function registered<Config extends RunConfig>(
  definition: TaskDefinition<Config>,
): RegisteredTask {
  const { name, title, checkpoint = 'best', predicts = 'labelMaps' } = definition;
  const task: RegisteredTask = {
    name,
    title,
    checkpoint,
    predicts,
    schema: (fields) => definition.schema(fields),
    report: (found) => definition.report(found),
    configure: (raw, parsing) => configured(task, definition, definition.parse(raw, parsing)),
  };
  return task;
}

function configured<Config extends RunConfig>(
  task: RegisteredTask,
  definition: TaskDefinition<Config>,
  config: Config,
): ConfiguredTask {
  return {
    definition: task,
    config,
    fields: Object.fromEntries(Object.entries(config)),
    read: async (source) =>
      (await definition.read?.(config, source)) ?? { classes: [], leastShape: config.crop },
    async settle(data, monitor) {
      const settled = await definition.settle?.(config, data, monitor);
      const next = configured(task, definition, settled?.config ?? config);
      return { task: next, ...(settled?.labeled && { labeled: settled.labeled }) };
    },
    create: (context) => definition.create(config, context),
    isJudged: definition.isJudged?.(config) ?? false,
  };
}
