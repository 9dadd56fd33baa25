import type { Terminal } from './terminal.js';

/**
 * Runs `body` with a signal that Ctrl-C (or a scheduler's SIGTERM) fires: the step in progress is
 * finished and saved. A second Ctrl-C ends the process at once.
 */
export async function withInterrupt<Result>(
  terminal: Terminal,
  body: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(1);
    terminal.err('Stopping after this step; it is saved. Press Ctrl-C again to stop at once.');
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await body(controller.signal);
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
