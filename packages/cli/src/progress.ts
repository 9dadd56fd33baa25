import { printable, type RunMonitor, type StageProgress } from '@voxmim/core';
import { Presets, SingleBar } from 'cli-progress';

import type { Terminal } from './terminal.js';

/** Plain lines come this often, in milliseconds, and at the end of each stage. */
const LINE_EVERY_MS = 15_000;

/** A {@link RunMonitor} on the terminal. */
export interface ProgressMonitor extends Required<RunMonitor> {
  /** Puts the screen back in order, whatever stage it was in. */
  stop(): void;
}

/**
 * Shows a run: a bar with loss, speed and time left on a screen, plain lines elsewhere. Writes to
 * stderr only.
 */
export function createProgress(
  terminal: Terminal,
  now: () => number = performance.now.bind(performance),
): ProgressMonitor {
  const display = terminal.interactive ? new BarDisplay() : new LineDisplay(terminal, now);
  let timer: StageTimer | undefined;
  const stop = () => {
    display.end();
    timer = undefined;
  };
  const say = (text: string) => {
    display.pause();
    terminal.err(printable(text));
  };
  return {
    note: say,
    result: say,
    progress(progress) {
      if (timer?.stage !== progress.stage) {
        stop();
        timer = new StageTimer(progress, now);
      }
      // A stage may hold the name of a case, which is anybody's.
      const shown = { ...progress, stage: printable(progress.stage) };
      display.show(shown, timer.pace(progress));
      if (progress.done >= progress.total) stop();
    },
    stop,
  };
}

interface Pace {
  readonly perSecond: number;
  readonly secondsLeft: number;
}

/** Measures a stage from where it began, which is not 0 after a resume. */
class StageTimer {
  readonly stage: string;
  readonly #from: number;
  readonly #begun: number;
  readonly #now: () => number;

  constructor({ stage, done }: StageProgress, now: () => number) {
    this.stage = stage;
    this.#from = done;
    this.#now = now;
    this.#begun = now();
  }

  pace({ done, total }: StageProgress): Pace {
    const seconds = (this.#now() - this.#begun) / 1000;
    const perSecond = seconds > 0 ? (done - this.#from) / seconds : 0;
    return { perSecond, secondsLeft: perSecond > 0 ? (total - done) / perSecond : NaN };
  }
}

class BarDisplay {
  #bar: SingleBar | undefined;

  show(progress: StageProgress, pace: Pace): void {
    const texts = { stage: progress.stage, facts: factsOf(progress, pace) };
    if (this.#bar) {
      this.#bar.update(progress.done, texts);
      return;
    }
    this.#bar = new SingleBar(
      {
        format: '{stage} {bar} {value}/{total} {facts}',
        barsize: 24,
        hideCursor: true,
        clearOnComplete: false,
        linewrap: false,
        gracefulExit: false,
      },
      Presets.shades_classic,
    );
    this.#bar.start(progress.total, progress.done, texts);
  }

  /** Leaves the bar's line as it is; the next update draws a new one below. */
  pause(): void {
    this.end();
  }

  end(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

class LineDisplay {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #last = -Infinity;

  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show(progress: StageProgress, pace: Pace): void {
    const { stage, done, total, unit } = progress;
    if (done < total && this.#now() - this.#last < LINE_EVERY_MS) return;
    this.#last = this.#now();
    const facts = [`${done}/${total} ${unit}`, factsOf(progress, pace)].filter(Boolean);
    this.#terminal.err(`${stage}: ${facts.join(', ')}`);
  }

  pause(): void {
    // Lines never overlap.
  }

  end(): void {
    this.#last = -Infinity;
  }
}

function factsOf(
  { done, total, unit, loss }: StageProgress,
  { perSecond, secondsLeft }: Pace,
): string {
  const facts = [
    loss === undefined ? '' : `loss ${loss.toPrecision(4)}`,
    perSecond > 0 ? `${perSecond.toPrecision(3)} ${unit}/s` : '',
    done < total && Number.isFinite(secondsLeft) ? `${formatDuration(secondsLeft)} left` : '',
  ];
  return facts.filter(Boolean).join(', ');
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
