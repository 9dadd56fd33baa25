import { printable, type RunMonitor } from '@voxmim/core';
import type { Command } from 'commander';

import { withInterrupt, type Interruptible } from './interrupt.js';
import { checkTogether } from './processes.js';
import { createProgress } from './progress.js';
import type { Terminal } from './terminal.js';

/** The options that every command has. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly debug?: boolean;
  /** Plugins that a config may run, for this command. */
  readonly allowPlugin?: readonly string[];
}

/** What a command does its work with. */
export interface Work extends Interruptible {
  readonly monitor: Required<RunMonitor>;
}

/** What a command hands back: a text for people and the same as data. */
export interface CommandResult {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether it did what was asked; an interrupted run did not. Default true. */
  readonly ok?: boolean;
  /** Whether what it looked at is sound: where not, it did what was asked and still exits with 1. */
  readonly isSound?: boolean;
}

/** How commands reach the terminal. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Called once per command with whether it did what was asked. */
  readonly finish: (ok: boolean) => void;
}

/**
 * Runs the body of a command, with progress on stderr, and prints its result: the text, or with
 * `--json` one object `{ "ok", "command", … }`.
 */
export async function perform(
  command: Command,
  { terminal, finish }: CommandContext,
  body: (work: Work) => Promise<CommandResult>,
): Promise<void> {
  const { json = false } = command.optsWithGlobals<GlobalOptions>();
  checkTogether(command.name());
  const progress = createProgress(terminal);
  try {
    const result = await withInterrupt(terminal, (interruptible) =>
      body(Object.assign(interruptible, { monitor: progress })),
    );
    progress.stop();
    const { text, data, ok = true, isSound = true } = result;
    terminal.out(json ? JSON.stringify({ ok, command: command.name(), ...data }) : printable(text));
    finish(ok && isSound);
  } finally {
    progress.stop();
  }
}
