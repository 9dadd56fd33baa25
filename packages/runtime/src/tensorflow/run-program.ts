import { spawn } from 'node:child_process';

/** What came of running a program. */
export interface ProgramResult {
  /** `null` when the program is not there or was killed. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** With the reason when it could not start. */
  readonly stderr: string;
}

/** Runs a program to its end, without a shell; never rejects. */
export function runProgram(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const printed = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        printed[stream] += text;
      });
    }
    child.on('error', ({ message }) => resolve({ ...printed, exitCode: null, stderr: message }));
    child.on('close', (exitCode) => resolve({ ...printed, exitCode }));
  });
}
