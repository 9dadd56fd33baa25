import * as z from 'zod';

/**
 * The object schemas that a schema may mean, behind defaults, unions and the like: one for most,
 * several where a name or a kind picks among them.
 */
export function objectsOf(schema: unknown): z.ZodObject[] {
  if (schema instanceof z.ZodObject) return [schema];
  if (schema instanceof z.ZodPipe) return objectsOf(schema.in);
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option: unknown) => objectsOf(option));
  const inner = unwrap(schema);
  return inner === undefined ? [] : objectsOf(inner);
}

/** The schemas of what a key or an index of `schema` may hold; none when it has no such key. */
export function childrenOf(schema: unknown, key: string): z.core.$ZodType[] {
  const fields = objectsOf(schema).flatMap(({ shape }): z.core.$ZodType[] => {
    const field: unknown = Object.hasOwn(shape, key) ? shape[key] : undefined;
    return field instanceof z.ZodType ? [field] : [];
  });
  return [...fields, ...itemsOf(schema, key), ...valuesOf(schema)];
}

/** What a mapping with free keys holds under any of them; anything, where that is free too. */
function valuesOf(schema: unknown): z.core.$ZodType[] {
  if (schema instanceof z.ZodRecord) return [schema.valueType];
  if (schema instanceof z.ZodUnknown) return [schema];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(valuesOf);
  const inner = unwrap(schema);
  return inner === undefined ? [] : valuesOf(inner);
}

/** Every key that an object of this schema may have. */
export function keysOf(schema: unknown): string[] {
  return [...new Set(objectsOf(schema).flatMap(({ shape }) => Object.keys(shape)))];
}

function itemsOf(schema: unknown, key: string): z.core.$ZodType[] {
  if (!/^\d+$/.test(key)) return [];
  if (schema instanceof z.ZodArray) return [schema.element];
  if (schema instanceof z.ZodTuple) return schema.def.items.slice(Number(key), Number(key) + 1);
  const inner = unwrap(schema);
  return inner === undefined ? [] : itemsOf(inner, key);
}

function unwrap(schema: unknown): unknown {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return schema.unwrap();
  }
  return undefined;
}
