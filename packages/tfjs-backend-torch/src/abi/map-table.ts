/** What `make` gives for each entry of a table, under the same key. */
export function mapTable<Table extends Readonly<Record<string, unknown>>, Made>(
  table: Table,
  make: (entry: Table[keyof Table], key: string) => Made,
): { [Key in keyof Table]: Made } {
  const keys: (keyof Table & string)[] = Object.keys(table);
  const made: Partial<Record<keyof Table, Made>> = {};
  for (const key of keys) made[key] = make(table[key], key);
  // Every key was visited, which the compiler cannot see.
  return made as { [Key in keyof Table]: Made };
}
