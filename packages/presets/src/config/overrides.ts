import { describeValue, nearestName, VoxmimError } from '@voxmim/core';
import { parse } from 'yaml';
import * as z from 'zod';

import { childrenOf, keysOf } from './schema-walk.js';

/**
 * Applies `path.to.field=value` overrides to a config that has not been checked yet.
 *
 * A value is read as YAML (`8`, `true`, `[48, 64, 48]`, `null`) unless the field takes only text;
 * so the type comes from the schema, never from a guess.
 *
 * @param input the config as read; left alone
 * @throws `INVALID_CONFIG` for an override without `=`, for a field the schema does not have (with
 *   the nearest one that it has) and for a value of the wrong type
 */
export function applyOverrides(
  input: unknown,
  overrides: readonly string[],
  schema: z.ZodType,
): unknown {
  return overrides.reduce((config, override) => {
    const split = override.indexOf('=');
    if (split < 1) throw malformed(override);
    const path = override.slice(0, split).trim().split('.');
    const value = readValue(override.slice(split + 1).trim(), path, fieldsAt(schema, path));
    return setAt(config, path, value);
  }, input);
}

function fieldsAt(schema: z.ZodType, path: readonly string[]): z.core.$ZodType[] {
  return path.reduce<z.core.$ZodType[]>(
    (current, key, index) => {
      const next = current.flatMap((candidate) => childrenOf(candidate, key));
      if (next.length > 0) return next;
      throw unknownField(path.slice(0, index + 1), current.flatMap(keysOf));
    },
    [schema],
  );
}

function readValue(
  text: string,
  path: readonly string[],
  fields: readonly z.core.$ZodType[],
): unknown {
  const accepted = (value: unknown) => fields.some((field) => z.safeParse(field, value).success);
  const value = parseScalar(text);
  if (accepted(value)) return value;
  if (accepted(text)) return text;
  const issues = fields.flatMap((field) => z.safeParse(field, value).error?.issues[0] ?? []);
  throw new VoxmimError(
    'INVALID_CONFIG',
    `--set ${path.join('.')}=${text}: ${describeValue(issues, text)}.`,
    `Give a value of the type that the field takes; \`voxmim schema\` prints it.`,
    { path: path.join('.'), received: value },
  );
}

function parseScalar(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

function setAt(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target)) {
    return target.map((item: unknown, at) =>
      String(at) === key ? setAt(item, rest, value) : item,
    );
  }
  const fields = typeof target === 'object' && target !== null ? target : {};
  const entries = new Map<string, unknown>(Object.entries(fields));
  return Object.fromEntries(entries.set(key, setAt(entries.get(key), rest, value)));
}

function malformed(override: string): VoxmimError {
  return new VoxmimError(
    'INVALID_CONFIG',
    `--set ${override}: there is no "field=value".`,
    'Write the path of a field, "=" and its value, such as --set encoder.depth=6.',
    { path: override, received: override },
  );
}

function unknownField(path: readonly string[], known: readonly string[]): VoxmimError {
  const guess = nearestName(path.at(-1) ?? '', [...known]);
  const hint = guess ? `, did you mean "${[...path.slice(0, -1), guess].join('.')}"?` : '.';
  return new VoxmimError(
    'INVALID_CONFIG',
    `--set: unknown field "${path.join('.')}"${hint}`,
    known.length > 0 ? `Fields here: ${known.join(', ')}.` : 'Name a field of the config.',
    { path: path.join('.'), received: path.join('.') },
  );
}
