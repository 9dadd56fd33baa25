import type { Hyperparameters } from '@voxmim/training/node';

/**
 * A config as flat hyperparameters, such as `optimizer.learningRate`: what TensorBoard compares between
 * runs. Lists become text; what is null or no setting (paths of data) is left out.
 */
export function hyperparametersOf(
  config: Readonly<Record<string, unknown>>,
  prefix = '',
): Hyperparameters {
  const entries = Object.entries(config).flatMap(([key, value]): [string, Setting][] => {
    const name = `${prefix}${key}`;
    if (name === 'data.path' || value === null || value === undefined) return [];
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
      return [[name, value]];
    if (isPlain(value)) return Object.entries(hyperparametersOf(value, `${name}.`));
    return [[name, JSON.stringify(value)]];
  });
  return Object.fromEntries(entries);
}

type Setting = Hyperparameters[string];

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
