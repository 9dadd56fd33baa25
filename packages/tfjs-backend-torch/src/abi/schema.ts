/** An operator's schema, taken apart. */
export interface Schema {
  readonly name: string;
  readonly overload: string;
  /** Types of the arguments, in order. */
  readonly args: readonly string[];
  readonly results: readonly string[];
}

/**
 * Reads a schema in the short form of this package's table: `name.overload(Type name, …) -> Type, …`,
 * with all arguments, SymInt as int, and neither defaults, aliases, list lengths nor the keyword star.
 */
export function parseSchema(text: string): Schema {
  const match = /^(\w+)(?:\.(\w+))?\((.*)\) -> (.*)$/.exec(text);
  const [, name = '', overload = '', args = '', results = ''] = match ?? [];
  if (!match) throw new RangeError(`"${text}" is no schema`);
  const types = (list: string): string[] =>
    list === '' || list === '()' ? [] : list.split(', ').map((entry) => entry.split(' ')[0] ?? '');
  return { name, overload, args: types(args), results: types(results) };
}

/** A schema as PyTorch writes it, in the short form, without the names of arguments. */
export function shortSchema(text: string): string {
  const plain = text
    .replace(/\([a-z](?:!?)(?: -> \*)?\)!?/g, '') // aliases
    .replace(/\[\d+\]/g, '[]')
    .replace(/=(?:\[[^\]]*\]|"[^"]*"|'[^']*'|[^,)]*)/g, '') // defaults
    .replace(/\bSymInt\b/g, 'int')
    .replace(/\(\*, |, \*(?=,)/g, (star) => (star.startsWith('(') ? '(' : ''));
  const match = /^(?:aten::)?([\w.]+)\((.*)\) -> (.*)$/.exec(plain);
  const [, name = '', args = '', results = ''] = match ?? [];
  const types = (list: string): string =>
    list
      .split(', ')
      .map((entry) => entry.split(' ')[0] ?? '')
      .join(', ');
  return `${name}(${types(args)}) -> ${types(results.replace(/^\((.*)\)$/, '$1'))}`;
}
