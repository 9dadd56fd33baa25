import { homedir } from 'node:os';

/** A command line as a shell takes it. */
export function commandText(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./~…-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

/** A command line as it may be kept: without the user's name, and without what looks like a secret. */
export function recordedCommand(words: readonly string[]): string {
  const kept = words.map((word) =>
    word
      .replace(/((?:token|secret|password|key)[\w.]*=).+/i, '$1…')
      .replace(/(:\/\/)[^/@\s]+@/, '$1…@')
      .replaceAll(homedir(), '~'),
  );
  return commandText(kept);
}
