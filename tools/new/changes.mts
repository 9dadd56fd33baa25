import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What to write: text by path, what was there before beside it. */
export interface Change {
  readonly path: string;
  /** Undefined for a new file. */
  readonly before: string | undefined;
  readonly after: string;
}

/** Writes all files, or none: what was written before a failure is taken back. */
export function applyChanges(changes: readonly Change[]): void {
  const undo: (() => void)[] = [];
  try {
    for (const { path, before, after } of changes) {
      const made = mkdirSync(dirname(path), { recursive: true });
      if (made !== undefined) undo.push(() => rmdirSync(made));
      undo.push(() => (before === undefined ? rmSync(path, { force: true }) : write(path, before)));
      write(path, after);
    }
  } catch (error) {
    for (const step of undo.reverse()) step();
    throw error;
  }
}

function write(path: string, text: string): void {
  const part = `${path}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
  }
}
