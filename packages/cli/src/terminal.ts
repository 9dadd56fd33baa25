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

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const interactive = process.stderr.isTTY;
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    interactive,
    colors: interactive && process.env['NO_COLOR'] === undefined,
  };
}
