import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { createRandom } from '@voxmim/core';

import { loadCheckpoint, readJsonlLog } from './index.js';

const STEPS = 60;
const KILLS = 5;
const SCRIPT = resolve(__dirname, '../../fixtures/killed-run.ts');

/** Runs the training process; `killAfterMs` counts from its first step. Says whether it finished. */
function run(folder: string, killAfterMs?: number): Promise<boolean> {
  const flags = ['--conditions=@voxmim/source', '--import', 'tsx', SCRIPT, folder, String(STEPS)];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stderr, started] = ['', false];
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdout.on('data', () => {
    if (killAfterMs !== undefined && !started) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    started = true;
  });
  return new Promise((fulfil, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0) fulfil(true);
      else if (signal === 'SIGKILL') fulfil(false);
      else reject(new Error(stderr));
    });
  });
}

async function tensorFiles(folder: string): Promise<Record<string, string>> {
  const last = join(folder, 'checkpoints', 'last');
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
  const random = createRandom(Date.now());
  const begun = process.hrtime.bigint();
  await run(whole);
  const wholeMs = Number(process.hrtime.bigint() - begun) / 1e6;

  let kills = 0;
  const reached: number[] = [];
  for (let attempt = 0; attempt < KILLS; attempt++) {
    if (await run(killed, random.uniform() * Math.min(60, wholeMs / 4))) break;
    kills += 1;
    const { snapshot } = await loadCheckpoint(join(killed, 'checkpoints'));
    reached.push(snapshot.state.step);
  }
  await run(killed);

  expect(kills).toBeGreaterThanOrEqual(3);
  expect(reached).toEqual([...reached].sort((left, right) => left - right));
  expect(await readlink(join(killed, 'checkpoints', 'last'))).toBe(
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
}, 60_000);
