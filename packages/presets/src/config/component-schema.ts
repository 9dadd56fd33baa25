import type { Registry } from '@voxmim/core';
import * as z from 'zod';

/**
 * The part of a run config that picks a component by `name` and configures it.
 *
 * @param fallback the component where none is named
 */
export function namedComponent(fallback: string) {
  return z
    .looseObject({ name: z.string().min(1).default(fallback).describe('Which component.') })
    .prefault({});
}

/**
 * The schema of everything a registry can make: one object per component, told apart by `name`.
 * For editors and overrides; a config is checked by `Registry.parse`, whose messages are better.
 */
export function componentSchema<Context, Component>(
  registry: Registry<Context, Component>,
  fallback: string,
): z.ZodType {
  const others = registry.names().filter((name) => name !== fallback);
  const [first, ...rest] = [fallback, ...others].map((name) =>
    namedSchema(registry, name, fallback),
  );
  return first === undefined ? namedComponent(fallback) : z.union([first, ...rest]).prefault({});
}

function namedSchema<Context, Component>(
  registry: Registry<Context, Component>,
  name: string,
  fallback: string,
): z.ZodType {
  const schema = registry.schema(name);
  const literal = z.literal(name).describe(`The ${registry.kind} "${name}".`);
  const keys = {
    name: name === fallback ? literal.default(name) : literal,
    ...presetKey(registry, name),
  };
  return schema instanceof z.ZodObject ? z.strictObject({ ...keys, ...schema.shape }) : schema;
}

function presetKey<Context, Component>(
  registry: Registry<Context, Component>,
  name: string,
): { preset?: z.ZodType } {
  const presets = registry.presets(name);
  if (presets.length === 0) return {};
  const field = z
    .enum(presets)
    .optional()
    .describe('A named set of values; fields given beside it override its own.');
  return { preset: field };
}
