import { basename, isAbsolute } from 'node:path';

/** What is no text for readers. */
const PICTURES = new Set(['png', 'images']);

/** An absolute path, of any system, up to where a sentence goes on. */
const PATH =
  /(?<![\w.~/\\:-])(?:file:\/\/|~)?(?:\/|[A-Za-z]:[\\/]|\\\\)[^\s'"`,;:()[\]{}<>|]*[^\s'"`,;:()[\]{}<>|.]/g;

/**
 * A text without places of the machine it was written on: paths below `roots` are told from there,
 * of any other absolute path only the name is kept. So a report can be shared without telling folders and
 * user names.
 *
 * @param roots absolute paths, such as that of a data set; ones that are not absolute hide nothing
 */
export function withoutPlaces(text: string, roots: readonly string[] = []): string {
  const known = roots
    .filter((root) => isAbsolute(root) && root.length > 1)
    .sort((left, right) => right.length - left.length);
  const told = known.reduce((before, root) => {
    const bare = root.replace(/[\\/]+$/, '');
    return before.replaceAll(`${bare}/`, '').replaceAll(bare, () => basename(bare));
  }, text);
  return told.replace(PATH, (path) => {
    const name = path
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1);
    return name === undefined ? path : `…/${name}`;
  });
}

/** Everything of a report, or any other plain data, `withoutPlaces`; pictures stay. */
export function allWithoutPlaces(value: unknown, roots: readonly string[] = []): unknown {
  if (typeof value === 'string') return withoutPlaces(value, roots);
  if (Array.isArray(value)) return value.map((entry) => allWithoutPlaces(entry, roots));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      PICTURES.has(key) ? entry : allWithoutPlaces(entry, roots),
    ]),
  );
}
