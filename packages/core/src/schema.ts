import * as z from 'zod';

import { VoxmimError } from './errors.js';
import { nearestName } from './nearest-name.js';

/** A count: 1, 2, 3, … */
export const extent = z.int().positive();

/** A {@link Shape3} in a config file. */
export const shape3 = z.tuple([extent, extent, extent]).readonly();

/** A {@link Spacing3} in a config file, millimetres. */
export const spacing3 = z
  .tuple([z.number().positive(), z.number().positive(), z.number().positive()])
  .readonly();

/**
 * Checks `input` against `schema`, turning zod's issues into one readable error.
 *
 * @param origin what the input is, such as a file path; leads the message
 * @param remedy what to do about it, where the input is no config that a user writes
 * @throws `INVALID_CONFIG` naming every wrong field; an unknown key comes with the nearest known one
 */
export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  origin: string,
  remedy = 'Correct the named fields; `voxmim schema` prints all that are known.',
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => describeIssue(issue, schema, input));
  const first = result.error.issues[0];
  throw new VoxmimError(
    'INVALID_CONFIG',
    `${origin}: ${problems.join('; ')}.`,
    remedy,
    { path: first ? first.path.join('.') : '', received: input },
    { cause: result.error },
  );
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, input: unknown): string {
  const place = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') {
    const message = describeValue([issue], valueAt(input, issue.path));
    return place ? `${place}: ${message}` : message;
  }
  const known = knownKeys(schema, issue.path);
  return issue.keys
    .map((key) => {
      const path = place ? `${place}.${key}` : key;
      const guess = nearestName(key, known);
      return `unknown key "${path}"${guess ? `, did you mean "${guess}"?` : ''}`;
    })
    .join('; ');
}

/**
 * Says what is wrong with a value: zod's message, or all that is taken where several schemas or the
 * branches of a union take names; with the nearest name, if any is near.
 */
export function describeValue(issues: readonly z.core.$ZodIssue[], given: unknown): string {
  const taken = [...new Set(issues.flatMap(takenValues))];
  const listed = taken.map((name) => `"${name}"`).join('|');
  const several = taken.length > 0 && (issues.length > 1 || issues[0]?.code === 'invalid_union');
  const message = several ? `expected one of ${listed}` : issues[0]?.message;
  const guess = typeof given === 'string' ? nearestName(given, taken) : undefined;
  const question = guess === undefined ? '' : `, did you mean "${guess}"?`;
  return `${message ?? 'not a valid value'}${question}`;
}

/** What an enum or a literal takes, also as a branch of a union. */
function takenValues(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_value')
    return issue.values.filter((value) => typeof value === 'string');
  if (issue.code !== 'invalid_union') return [];
  return issue.errors
    .flat()
    .filter(({ path }) => path.length === 0)
    .flatMap(takenValues);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    const fields: Record<PropertyKey, unknown> =
      typeof value === 'object' && value !== null ? { ...value } : {};
    return fields[key];
  }, input);
}

/** The keys an object schema has at `path`; empty where the schema has no object there. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const target = path.reduce<unknown>((current, key) => shapeOf(current)?.[String(key)], schema);
  return Object.keys(shapeOf(target) ?? {});
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  if (schema instanceof z.ZodObject) return schema.shape;
  if (schema instanceof z.ZodPipe) return shapeOf(schema.in);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return shapeOf(schema.unwrap());
  }
  return undefined;
}
