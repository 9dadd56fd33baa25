import { ranksOf, type Ranks } from '@voxmim/runtime';
import type { Command } from 'commander';

import type { CommandContext, GlobalOptions } from './command-context.js';
import { reportFailure, type ExitCode } from './failure.js';
import { failingTerminal, terminalOf } from './processes.js';
import { createProgram } from './program.js';
import { processTerminal, type Terminal } from './terminal.js';

/**
 * Runs one command line.
 *
 * @param argv what follows the program's name
 * @returns the exit code: 0 good, 1 failed (or interrupted), 2 wrong use
 */
export async function main(
  argv: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<ExitCode> {
  const outcome = { ok: true };
  const ranks = ranksThere();
  const spoken = terminalOf(terminal, ranks);
  const context: CommandContext = { terminal: spoken, finish: (ok) => (outcome.ok = ok) };
  const program = await createProgram(context, argv);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return outcome.ok ? 0 : 1;
  } catch (error) {
    const place = await failingTerminal(terminal, ranks);
    return reportFailure(error, place, failureOptions(program, argv));
  }
}

/** Where the environment says nonsense, the command itself says so. */
function ranksThere(): Ranks | undefined {
  try {
    return ranksOf();
  } catch {
    return undefined;
  }
}

/** Read from the words themselves too: options are not parsed where the command line is wrong. */
function failureOptions(program: Command, argv: readonly string[]) {
  const { json, debug } = program.opts<GlobalOptions>();
  return {
    json: json ?? argv.includes('--json'),
    debug: debug ?? argv.includes('--debug'),
  };
}
