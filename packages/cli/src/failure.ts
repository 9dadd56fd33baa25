import { isVoxmimError, printable, type ErrorCode } from '@voxmim/core';
import { CommanderError } from 'commander';
import { inspect } from 'node:util';
import picocolors from 'picocolors';

import type { Terminal } from './terminal.js';

/** Good; failed; wrong use. */
export type ExitCode = 0 | 1 | 2;

/** Mistakes in the command line or a config: nothing was run. */
const WRONG_USE: readonly ErrorCode[] = [
  'INVALID_CONFIG',
  'UNKNOWN_COMPONENT',
  'UNSUPPORTED_CAPABILITY',
  'RUN_EXISTS',
  'PLUGIN_NOT_ALLOWED',
  'RUN_LOCKED',
  'FILE_EXISTS',
];

/** How a failure is told. */
export interface FailureOptions {
  readonly json: boolean;
  /** Print the stack too. */
  readonly debug: boolean;
}

/**
 * Tells what went wrong and what to do, and returns the exit code.
 *
 * With `json` the failure is one object on stdout: `{ "ok": false, "error": { code, message, remedy,
 * details } }`.
 */
export function reportFailure(
  error: unknown,
  terminal: Terminal,
  { json, debug }: FailureOptions,
): ExitCode {
  // commander has already written help, version or its own message.
  if (error instanceof CommanderError) return commanderExit(error, terminal, json);
  const { code, message, remedy, details } = partsOf(error);
  if (json) terminal.out(JSON.stringify({ ok: false, error: { code, message, remedy, details } }));
  const colors = picocolors.createColors(terminal.colors);
  terminal.err(
    `${colors.red(colors.bold('error'))} ${printable(message)} ${colors.dim(`[${code}]`)}`,
  );
  if (remedy) terminal.err(`${colors.cyan('  try')} ${printable(remedy)}`);
  // With what caused it, also where that happened in a loader thread.
  if (debug) terminal.err(printable(inspect(error)));
  return isVoxmimError(error, ...WRONG_USE) ? 2 : 1;
}

function commanderExit(error: CommanderError, terminal: Terminal, json: boolean): ExitCode {
  if (error.exitCode === 0) return 0;
  const { message } = error;
  if (json) terminal.out(JSON.stringify({ ok: false, error: { code: 'WRONG_USE', message } }));
  return 2;
}

interface FailureParts {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly details: unknown;
}

function partsOf(error: unknown): FailureParts {
  if (isVoxmimError(error)) {
    const { code, problem, remedy, details } = error;
    return { code, message: problem, remedy, details };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /array length|allocation failed/i.test(message)) {
    return {
      code: 'OUT_OF_MEMORY',
      message: `Something is larger than memory takes: ${message}.`,
      remedy:
        'Lower what asks for much, such as crop, batchSize or widths in a config; --debug shows the place.',
      details: {},
    };
  }
  const remedy = 'Run it again with --debug, and report what it prints.';
  return { code: 'UNEXPECTED', message, remedy, details: {} };
}
