import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

import { createRandom, isVoxmimError } from '@voxmim/core';

import { findCheckpoint, loadCheckpoint, readJsonlLog } from './index.js';

const STEPS = 40;
const KILLS = 4;
const SCRIPT = resolve(__dirname, '../../fixtures/killed-run.ts');

/** When to kill: so many milliseconds after so many steps of one sitting. */
interface Moment {
  readonly steps: number;
  readonly delayMs: number;
}

/** Runs the training process. Says whether it finished. */
function run(folder: string, moment?: Moment): Promise<boolean> {
  const flags = ['--conditions=@voxmim/source', '--import', 'tsx', SCRIPT, folder, String(STEPS)];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stderr, lines] = ['', 0];
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdout.on('data', (text: Buffer) => {
    const before = lines;
    lines += text.toString().split('\n').length - 1;
    if (moment && before < moment.steps && lines >= moment.steps) {
      setTimeout(() => child.kill('SIGKILL'), moment.delayMs);
    }
  });
  return new Promise((fulfil, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0) fulfil(true);
      else if (signal === 'SIGKILL') fulfil(false);
      else reject(new Error(stderr));
    });
  });
}

/** 0 when the process was killed before its first checkpoint. */
async function stepOf(checkpoints: string): Promise<number> {
  try {
    return (await loadCheckpoint(checkpoints)).snapshot.state.step;
  } catch (error) {
    if (isVoxmimError(error, 'NOT_FOUND') && error.details.path === checkpoints) return 0;
    throw error;
  }
}

async function tensorFiles(folder: string): Promise<Record<string, string>> {
  const last = await findCheckpoint(join(folder, 'checkpoints'));
  const names = (await readdir(last)).filter((name) => name.endsWith('.safetensors'));
  const files = names.map(async (name) => [
    name,
    (await readFile(join(last, name))).toString('hex'),
  ]);
  return Object.fromEntries(await Promise.all(files)) as Record<string, string>;
}

it('ends on the same bytes however often it is killed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'voxmim-killed-'));
  const [whole, killed] = [join(root, 'whole'), join(root, 'killed')];
  const random = createRandom(11);
  await run(whole);

  let kills = 0;
  const reached: number[] = [];
  for (let attempt = 0; attempt < KILLS; attempt++) {
    const moment = { steps: 1 + random.integer(6), delayMs: random.uniform() * 40 };
    if (await run(killed, moment)) break;
    kills += 1;
    reached.push(await stepOf(join(killed, 'checkpoints')));
  }
  await run(killed);

  expect(kills).toBeGreaterThanOrEqual(2);
  expect(reached.at(-1)).toBeGreaterThan(0);
  expect(reached).toEqual([...reached].sort((left, right) => left - right));
  expect(basename(await findCheckpoint(join(killed, 'checkpoints')))).toBe(
    `step-${String(STEPS).padStart(8, '0')}`,
  );
  expect(Object.keys(await tensorFiles(whole))).toEqual([
    'ema.safetensors',
    'model.safetensors',
    'optimizer.safetensors',
  ]);
  expect(await tensorFiles(killed)).toEqual(await tensorFiles(whole));
  const logged = (await readJsonlLog(join(killed, 'metrics.jsonl'))).filter(
    ({ event }) => event === 'step',
  );
  expect(logged.map(({ step }) => step)).toEqual(
    Array.from({ length: STEPS }, (_, index) => index + 1),
  );
  await rm(root, { recursive: true });
}, 180_000);
