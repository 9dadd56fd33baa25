/**
 * Notes on single inputs, which weigh little, and on how the run went on. Whatever else a run notes is a
 * warning: an unknown note is never folded away.
 */
const LIGHT = [
  /: padded from \[/,
  /^More volumes are treated likewise/,
  /^Going on from /,
  /^Backend /,
] as const;

/** The notes of a run by weight: what a reader must know, and what was done to single inputs. */
export function notesByWeight(notes: readonly string[]): {
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
} {
  const isLight = (note: string) => LIGHT.some((pattern) => pattern.test(note));
  return {
    warnings: notes.filter((note) => !isLight(note)),
    notes: notes.filter(isLight),
  };
}
