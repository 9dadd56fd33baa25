import { VoxmimError, type Exchange } from '@voxmim/core';
import { openExchange, ranksOf, type Ranks } from '@voxmim/runtime';
import { setTimeout as delay } from 'node:timers/promises';

import type { Terminal } from './terminal.js';

/** What several processes can do together; anything else each would do by itself, over the others. */
const TOGETHER = ['pretrain', 'finetune', 'train', 'resume'];

/** The first process says what all have in common; the launcher then ends the others. */
const PRECEDENCE_MS = 1000;

/**
 * The processes that train together with this one, where a launcher has started some.
 *
 * @throws `UNSUPPORTED_CAPABILITY` for a command that trains nothing; as `ranksOf` and `openExchange`
 */
export async function joinProcesses(command: string): Promise<Exchange | undefined> {
  const ranks = ranksOf();
  if (!ranks) return undefined;
  checkTogether(command, ranks);
  return openExchange(ranks);
}

/** Refuses a command that several processes would do over each other. */
export function checkTogether(command: string, ranks = ranksOf()): void {
  if (!ranks || TOGETHER.includes(command)) return;
  throw new VoxmimError(
    'UNSUPPORTED_CAPABILITY',
    `voxmim ${command} was started as ${ranks.size} processes, each of which would do all of it.`,
    `Start it as one; ${TOGETHER.join(', ')} can share their work.`,
    { component: command, capability: 'several processes' },
  );
}

/** Only the first process speaks. */
export function terminalOf(terminal: Terminal, ranks: Ranks | undefined): Terminal {
  if (!ranks || ranks.rank === 0) return terminal;
  return { ...terminal, out: () => undefined, err: () => undefined, interactive: false };
}

/** Where a process says what made it fail, which may be its own affair. */
export async function failingTerminal(
  terminal: Terminal,
  ranks: Ranks | undefined,
): Promise<Terminal> {
  if (!ranks || ranks.rank === 0) return terminal;
  await delay(PRECEDENCE_MS);
  const named = (text: string) => terminal.err(`[process ${ranks.rank}] ${text}`);
  return { ...terminal, out: () => undefined, err: named };
}
