import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { affineOf, createRandom } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';

/** The command as it is installed, so that kills and locks are real. */
const VOXMIM = join(__dirname, '../bin/voxmim.js');
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-resume-'));
  for (let index = 0; index < 4; index++) {
    const random = createRandom(index, 'volume');
    const data = Float32Array.from({ length: 12 ** 3 }, () => random.normal());
    const grid = { shape: [12, 12, 12], channels: 1, affine: affineOf([1, 1, 1]) } as const;
    const path = join(root, 'data', `case_${index}.nii.gz`);
    await writeVolume(path, { data, ...grid }, { kind: 'image' });
  }
  await writeFile(
    join(root, 'run.yaml'),
    `backend: cpu
data: { path: ${join(root, 'data')}, workers: 0, preprocessing: { intensity: { kind: zScore, mask: all } }, split: { validation: 1, test: 0 } }
crop: [8, 8, 8]
encoder: { name: vit, patchSize: [4, 4, 4], embedDim: 12, depth: 1, numHeads: 2, dropPathRate: 0.2 }
objective: { name: mae, decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 }
steps: 200
batchSize: 2
checkpoint: { every: 10 }
validation: { every: 100, crops: 2 }
`,
  );
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

function start(...argv: string[]) {
  const child = spawn(process.execPath, [VOXMIM, ...argv]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as unknown, said }));
  return { child, ended };
}

const stepsIn = async (run: string) =>
  (await readdir(join(run, 'checkpoints')).catch(() => [])).filter((name) =>
    name.startsWith('step'),
  );

async function weightsOf(run: string): Promise<Buffer[]> {
  const last = join(run, 'checkpoints/step-00000200');
  const names = ['model.safetensors', 'optimizer.safetensors'];
  return Promise.all(names.map((name) => readFile(join(last, name))));
}

it('one process a folder; killed and resumed on moved data, the numbers are those of a straight run', async () => {
  const [whole, run] = [join(root, 'whole'), join(root, 'run')];
  const config = join(root, 'run.yaml');
  expect(await start('pretrain', config, '--out', whole).ended).toMatchObject({ code: 0 });

  const first = start('pretrain', config, '--out', run);
  while ((await stepsIn(run)).length === 0) await new Promise((go) => setTimeout(go, 20));
  for (const argv of [
    ['resume', run],
    ['pretrain', config, '--out', run, '--force'],
  ]) {
    const second = await start(...argv).ended;
    expect(second.code).toBe(2);
    expect(second.said).toContain(`Process ${first.child.pid} is at work in ${run}`);
  }
  first.child.kill('SIGKILL');
  await first.ended;

  await rename(join(root, 'data'), join(root, 'moved'));
  const lost = await start('resume', run).ended;
  expect(lost.code).toBe(1);
  const wrong = join(root, 'wrong');
  await cp(join(root, 'moved'), wrong, { recursive: true });
  await cp(join(wrong, 'case_0.nii.gz'), join(wrong, 'case_1.nii.gz'));
  expect((await start('resume', run, '--data', wrong).ended).said).toContain(
    'does not hold the data of the run',
  );
  const changed = await start('resume', run, '--data', join(root, 'moved'), '--set', 'batchSize=3')
    .ended;
  expect([changed.code, changed.said]).toEqual([2, expect.stringContaining('batchSize was 2')]);

  const resumed = await start('resume', run, '--data', join(root, 'moved')).ended;
  expect(resumed).toMatchObject({ code: 0 });
  expect(await weightsOf(run)).toEqual(await weightsOf(whole));
  expect((await readdir(run)).sort()).toEqual((await readdir(whole)).sort());
  const record = await readFile(join(run, 'run.json'), 'utf8');
  expect(JSON.parse(record)).toMatchObject({
    status: 'completed',
    voxmim: { version: expect.any(String) as string },
    command: expect.stringContaining('voxmim resume') as string,
    data: { cases: 4, files: 4 },
  });
  const events = await readdir(join(run, 'tensorboard'));
  expect(events.join()).not.toContain(hostname());
  expect(await readdir(run)).toContain('report.html');
}, 240_000);

it('Ctrl-C gives the line that goes on', async () => {
  const run = join(root, 'with spaces');
  const { child, ended } = start('pretrain', join(root, 'run.yaml'), '--data', join(root, 'moved'), '--out', run); // prettier-ignore
  while ((await stepsIn(run)).length === 0) await new Promise((go) => setTimeout(go, 20));
  child.kill('SIGTERM');
  const { code, said } = await ended;
  expect(code).toBe(1);
  expect(said).toContain(`To go on: voxmim resume '${run}'\n`);
}, 120_000);
