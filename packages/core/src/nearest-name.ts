/** No name is longer; measuring a text of megabytes would not end. */
const LONGEST = 100;

/**
 * The known name closest to what somebody typed, if any is close: at most two edits, or a third of
 * the word for longer ones, letter case ignored.
 */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  if (typed.length > LONGEST) return undefined;
  const ranked = known
    .map((name) => ({ name, distance: editDistance(typed.toLowerCase(), name.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(2, typed.length / 3) ? best.name : undefined;
}

/** Levenshtein distance in which two exchanged neighbours are one edit: a common slip. */
function editDistance(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= right.length; column++) {
      const same = left[row - 1] === right[column - 1];
      const exchanged = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(
        Math.min(
          at(row - 1, column - 1) + (same ? 0 : 1),
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          exchanged ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(left.length, right.length);
}
