import { VoxmimError } from '@voxmim/core';
import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

import type { JobOutcome, LaunchContext, LaunchedJob, LaunchJob } from './launch-job.js';
import { studyEntry } from './study-folder.js';

/** How {@link launchProcesses} starts a run. */
export interface ProcessOptions {
  /** The folder of the study, which holds its `study.yaml`. */
  readonly out: string;
  /** What starts the command line, such as `node …/voxmim.js`. */
  readonly command: readonly string[];
  /** Threads of each process; null: as the config says. */
  readonly threads: number | null;
}

/** What a run in a process of its own tells the one that started it. */
export const JobMessage = z.object({
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  unit: z.string(),
});
export type JobMessage = z.infer<typeof JobMessage>;

/** The last line of a command that was asked for JSON. */
const Ending = z.object({
  ok: z.boolean(),
  status: z.string().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/**
 * Runs each job as a process of its own: `command study study.yaml --only ID`. What it prints goes to
 * a file in `logs/`. The signal is handed on once, so that every process saves; a process whose
 * starter is gone stops by itself.
 */
export function launchProcesses(options: ProcessOptions): LaunchJob {
  return async (job, context) => {
    const logs = studyEntry(options.out, 'logs');
    await mkdir(logs, { recursive: true });
    const log = join(logs, `${job.id.replaceAll('/', '-')}.log`);
    const ended = await watched(job, log, options, context);
    return outcomeOf(ended, log, context.signal?.aborted ?? false);
  };
}

interface Ended {
  readonly code: number | null;
  /** The last line of its output. */
  readonly last: string;
}

function watched(
  job: LaunchedJob,
  log: string,
  options: ProcessOptions,
  { signal, onProgress }: LaunchContext,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = start(job, options);
    const file = createWriteStream(log, { flags: 'a' });
    let last = '';
    child.stderr?.pipe(file, { end: false });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      file.write(text);
      last = `${last}${text}`.slice(-1_000_000);
    });
    child.on('message', (message) => {
      const progress = JobMessage.safeParse(message).data;
      if (progress) onProgress(progress);
    });
    const stop = () => void child.kill('SIGINT');
    signal?.addEventListener('abort', stop, { once: true });
    const end = () => {
      signal?.removeEventListener('abort', stop);
      file.end();
    };
    child.on('error', (error) => {
      end();
      reject(failed(`It could not be started: ${error.message}`, log, error));
    });
    child.on('close', (code) => {
      end();
      resolve({ code, last: last.trim().split('\n').at(-1) ?? '' });
    });
  });
}

function start({ id }: LaunchedJob, { out, command, threads }: ProcessOptions): ChildProcess {
  const [program = '', ...first] = command;
  const study = ['study', studyEntry(out, 'config'), '--out', out, '--only', id, '--json'];
  const more = threads === null ? [] : ['--threads', String(threads)];
  return spawn(program, [...first, ...study, ...more], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A Ctrl-C of the terminal reaches the starter alone, which hands it on once.
    detached: true,
  });
}

function outcomeOf({ code, last }: Ended, log: string, isStopped: boolean): JobOutcome {
  const ending = endingOf(last);
  if (ending?.ok) return { status: 'completed' };
  // The signal ends a process that has not begun to train, or is just over, without a word.
  if (ending?.status === 'interrupted' || (isStopped && code === null))
    return { status: 'interrupted' };
  const said = ending?.error?.message ?? `It ended with ${code ?? 'a signal'} and said nothing.`;
  return { status: 'failed', error: failed(said, log) };
}

function endingOf(line: string): z.infer<typeof Ending> | undefined {
  try {
    return Ending.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function failed(reason: string, log: string, cause?: unknown): VoxmimError<'RUN_FAILED'> {
  return new VoxmimError(
    'RUN_FAILED',
    reason,
    `Read ${log}; then go on with --resume.`,
    { path: log, reason },
    { cause },
  );
}
