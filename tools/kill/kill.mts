/**
 * Kills runs at random and aimed moments, resumes them, and compares what comes out with runs that never stopped.
 *
 *   npx tsx tools/kill/kill.mts --rounds 40 --seed 1
 *
 * A round is one job (a pretraining, a fine-tuning, a prediction, a preprocessing or a study) that is killed by
 * SIGKILL up to six times and then let end. Prints one JSON object, and exits 1 where anything differs. Needs the
 * built packages (`npx tsc -b`). Everything is made in a folder of its own and removed again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createRandom } from '@voxmim/core';

import { jobs, type Job } from './jobs.mts';
import { differences, filesOf } from './outcome.mts';
import { runVoxmim } from './process.mts';

const KILLS_A_ROUND = 6;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' } },
});
const root = await mkdtemp(join(tmpdir(), 'voxmim-kill-'));
const random = createRandom(Number(values.seed), 'kill');
const summary = { seed: Number(values.seed), rounds: 0, kills: 0, byJob: {}, byMoment: {} };
const failures: string[] = [];

/** Counts under a name. */
function count(table: Record<string, number>, name: string, by = 1): void {
  table[name] = (table[name] ?? 0) + by;
}

/** One job killed and resumed until it ends. @returns what differs from a straight one */
async function round(job: Job, number: number): Promise<string[]> {
  const out = join(root, `${job.name}-${number}`);
  for (let kill = 0; kill < KILLS_A_ROUND; kill++) {
    const moment = job.moments[random.integer(job.moments.length)] ?? 'any';
    const delayMs = Math.floor(random.uniform() * (moment === 'any' ? job.milliseconds : 40));
    const ended = await runVoxmim(job.argv(out, kill > 0), { out, moment, delayMs });
    if (!ended.killed) {
      if (ended.code !== 0) return [`ended with ${ended.code}: ${ended.said}`];
      break;
    }
    summary.kills += 1;
    count(summary.byJob, job.name);
    count(summary.byMoment, moment);
  }
  const last = await runVoxmim(job.argv(out, true));
  if (last.code !== 0) return [`could not be resumed: ${last.said}`];
  return differences(await filesOf(job.compared(out)), await filesOf(job.compared(job.straight)));
}

try {
  const all = await jobs(root);
  for (let number = 0; number < Number(values.rounds); number++) {
    const job = all[number % all.length];
    if (!job) break;
    const found = await round(job, number);
    summary.rounds += 1;
    failures.push(...found.map((what) => `${job.name} ${number}: ${what}`));
    process.stderr.write(`round ${number + 1}: ${job.name}, ${found.length} differences\n`);
  }
  process.stdout.write(`${JSON.stringify({ ...summary, failures }, null, 2)}\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
} finally {
  await rm(root, { recursive: true, force: true });
}
