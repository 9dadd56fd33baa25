import { wrapped } from './wrapped.js';

/** Where a command writes and what it knows of the screen. Tests pass their own. */
export interface Terminal {
  /** Results: tables, or with `--json` one object. */
  out(text: string): void;
  /** Everything else: notes, progress, errors. */
  err(text: string): void;
  /** Whether `err` is a screen that can be rewritten. */
  readonly interactive: boolean;
  /** Whether `out` and `err` take colors. */
  readonly colors: boolean;
}

/** What a stream says whose reader went away, as `head` does. */
const CLOSED: readonly unknown[] = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];

/**
 * The terminal of this process. Where nobody reads on, as behind `| head`, the rest is not said and the command
 * goes on to its end: a training does not die of a closed window.
 */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  for (const stream of [stdout, stderr]) stream.on('error', forgiveClosed);
  const interactive = stderr.isTTY;
  return {
    out: (text) => void stdout.write(`${shownOn(stdout, text)}\n`),
    err: (text) => void stderr.write(`${shownOn(stderr, text)}\n`),
    interactive,
    colors: interactive && process.env['NO_COLOR'] === undefined,
  };
}

/** Files and programs get lines as they are. */
function shownOn({ isTTY, columns }: NodeJS.WriteStream, text: string): string {
  return isTTY ? wrapped(text, columns) : text;
}

/** A result that could not be written for another reason, such as a full disk, is a failure. */
function forgiveClosed(error: NodeJS.ErrnoException): void {
  if (CLOSED.includes(error.code)) return;
  process.once('exit', () => (process.exitCode = 1));
}
