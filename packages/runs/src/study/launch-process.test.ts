import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FinetuneConfig } from '@voxmim/presets';
import type { LaunchedJob } from './launch-job.js';
import { launchProcesses } from './launch-process.js';
import { runJobs } from './run-jobs.js';

/** Stands for the command line: does what the name of its run says. */
const FAKE = `
const id = process.argv[process.argv.indexOf('--only') + 1];
const say = (value, code) => { console.log(JSON.stringify(value)); process.exitCode = code; process.disconnect(); };
process.send({ stage: 'training', done: 1, total: 2, unit: 'steps' });
process.on('SIGINT', () => { clearTimeout(timer); say({ ok: false, status: 'interrupted' }, 1); });
const timer = setTimeout(() => {
  if (id === 'bad') say({ ok: false, error: { message: 'no such data' } }, 1);
  else if (id === 'mute') process.exit(3);
  else say({ ok: true, status: 'completed' }, 0);
}, id === 'slow' ? 60000 : 10);
`;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-processes-'));
  await writeFile(join(root, 'fake.cjs'), FAKE);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const config = FinetuneConfig.parse({ data: { path: 'data' }, steps: 2 });
const job = (id: string): LaunchedJob => ({ id, out: join(root, id), config });

async function run(ids: readonly string[], signal?: AbortSignal) {
  const progress: string[] = [];
  const launch = launchProcesses({
    ...{ out: root, threads: null },
    command: [process.execPath, join(root, 'fake.cjs')],
  });
  const outcomes = await runJobs(ids.map(job), {
    ...{ launch, width: 2, signal },
    onStart: () => undefined,
    onProgress: ({ id }) => void progress.push(id),
    onEnd: () => undefined,
  });
  return { outcomes: Object.fromEntries(outcomes), progress };
}

it('runs all, loses none to one that fails, and keeps what each said', async () => {
  const { outcomes, progress } = await run(['good', 'bad', 'mute', 'fine']);

  expect(outcomes).toMatchObject({
    good: { status: 'completed' },
    bad: { status: 'failed', error: { code: 'RUN_FAILED' } },
    mute: { status: 'failed' },
    fine: { status: 'completed' },
  });
  expect(outcomes['bad']).toHaveProperty('error.message', expect.stringContaining('no such data'));
  expect(progress.sort()).toEqual(['bad', 'fine', 'good', 'mute']);
  expect(await readFile(join(root, 'logs', 'good.log'), 'utf8')).toContain('"completed"');
}, 30_000);

it('hands the signal on, and starts nothing after it', async () => {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort();
  }, 1000);
  const { outcomes } = await run(['slow', 'slow', 'never'], controller.signal);

  expect(outcomes).toEqual({ slow: { status: 'interrupted' } });
}, 30_000);
