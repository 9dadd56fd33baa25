import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const VOXMIM = fileURLToPath(new URL('../../packages/cli/bin/voxmim.js', import.meta.url));

/** What shows in an output folder that a kill of this moment waits for; at any time, after a while. */
const SIGNS = {
  any: null,
  firstFile: /./,
  halfWritten: /\.part$/,
  unfinishedCheckpoint: /\.unfinished-/,
  checkpoint: /step-\d+$/,
  prediction: /predictions.*\.nii\.gz$|^[^/]*\.nii\.gz$/,
  report: /report\.(json|html)$/,
} as const;

/** A moment to kill at. */
export type Moment = keyof typeof SIGNS;

/** When to kill: so many milliseconds after the sign of a moment shows in a folder. */
export interface Kill {
  readonly out: string;
  readonly moment: Moment;
  readonly delayMs: number;
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly killed: boolean;
  /** The end of what it said. */
  readonly said: string;
}

/** Runs one command to its end, or to where it is killed. */
export async function runVoxmim(argv: readonly string[], kill?: Kill): Promise<Ended> {
  const child = spawn(process.execPath, [VOXMIM, ...argv], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  const watching = { on: true };
  const watcher = kill && watch(kill, watching, () => child.kill('SIGKILL'));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  watching.on = false;
  await watcher;
  return { code, killed: signal === 'SIGKILL', said };
}

async function watch(
  { out, moment, delayMs }: Kill,
  watching: { readonly on: boolean },
  fire: () => void,
): Promise<void> {
  const sign = SIGNS[moment];
  const before = new Set(sign ? await namesIn(out) : []);
  while (watching.on && sign) {
    const names = await namesIn(out);
    if (names.some((name) => sign.test(name) && !before.has(name))) break;
    await pause(2);
  }
  await pause(delayMs);
  if (watching.on) fire();
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder, { recursive: true }).catch(() => []);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((go) => setTimeout(go, milliseconds));
}
