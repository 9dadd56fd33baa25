import { isVoxmimError } from '@voxmim/core';

import { byId } from './element.js';

/** Says what is going on. */
export function say(words: string): void {
  show(words, false);
}

/** Says what went wrong, and what to do. */
export function complain(error: unknown): void {
  if (error instanceof DOMException && error.name === 'AbortError') {
    show('Stopped.', false);
    return;
  }
  const problem = isVoxmimError(error)
    ? `${error.problem} ${error.remedy}`
    : `Something went wrong: ${error instanceof Error ? error.message : String(error)}`;
  show(problem, true);
}

function show(words: string, isProblem: boolean): void {
  const status = byId('status');
  status.textContent = words;
  status.classList.toggle('problem', isProblem);
}
