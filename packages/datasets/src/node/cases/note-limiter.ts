/** Cases named in notes; the others are only mentioned. */
const NAMED = 3;

/** Passes on the first few of notes that may come for every case, says when it stops, and repeats none. */
export function limitNotes(note: (text: string) => void): (text: string) => void {
  const seen = new Set<string>();
  return (text) => {
    if (seen.size > NAMED || seen.has(text)) return;
    seen.add(text);
    note(seen.size <= NAMED ? text : 'More volumes are treated likewise.');
  };
}
