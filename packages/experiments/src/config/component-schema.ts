import type { Registry } from '@voxmim/core';
import { z } from 'zod';

/** The part of a run config that picks a component by `name` and configures it. */
export const NamedComponent = z
  .looseObject({ name: z.string().min(1).describe('Which component.') })
  .describe('A component by name; its other fields are its own config.');

/**
 * The schema of everything a registry can make: one object per component, told apart by `name`.
 * For editors and overrides; a config is checked by `Registry.parse`, whose messages are better.
 */
export function componentSchema<Context, Component>(
  registry: Registry<Context, Component>,
): z.ZodType {
  const [first, ...rest] = registry.names().map((name) => namedSchema(registry, name));
  return first === undefined ? NamedComponent : z.union([first, ...rest]);
}

function namedSchema<Context, Component>(
  registry: Registry<Context, Component>,
  name: string,
): z.ZodType {
  const schema = registry.schema(name);
  const key = { name: z.literal(name).describe(`The ${registry.kind} "${name}".`) };
  return schema instanceof z.ZodObject ? z.strictObject({ ...key, ...schema.shape }) : schema;
}
