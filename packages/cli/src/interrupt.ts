import type { Terminal } from './terminal.js';

/** What {@link withInterrupt} hands on. */
export interface Interruptible {
  /**
   * Fires at Ctrl-C, or a scheduler's SIGTERM. Who takes it says that it stops by itself and saves; until
   * then a signal ends the process at once, which harms nothing: files are written whole or not at all.
   */
  readonly signal: AbortSignal;
}

/**
 * Runs `body` with a signal that Ctrl-C or SIGTERM fires: what is in progress is finished and saved. A second
 * one ends the process at once.
 */
export async function withInterrupt<Result>(
  terminal: Terminal,
  body: (interruptible: Interruptible) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(1);
    terminal.err('Stopping after this step; it is saved. Press Ctrl-C again to stop at once.');
    controller.abort();
  };
  let listening = false;
  const interruptible = {
    get signal() {
      if (!listening) process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
      listening = true;
      return controller.signal;
    },
  };
  try {
    return await body(interruptible);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
