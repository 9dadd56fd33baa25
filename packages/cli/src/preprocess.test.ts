import { affineOf, createRandom, type Shape3 } from '@voxmim/core';
import { PreprocessingConfig } from '@voxmim/volumes';
import { CaseStore, openDataset } from '@voxmim/datasets/node';
import { writeVolume } from '@voxmim/formats/node';
import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command as it is installed, so that loader threads and signals are real. */
const VOXMIM = join(__dirname, '../bin/voxmim.js');
const CASES = 10;
const crop: Shape3 = [16, 16, 16];
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-preprocess-'));
  const random = createRandom(0, 'volume');
  const data = Float32Array.from({ length: 64 ** 3 }, () => random.normal());
  const volume = { data, shape: [64, 64, 64], channels: 1, affine: affineOf([1, 1, 1]) } as const;
  for (let index = 0; index < CASES; index++) {
    data[0] = index; // no two are equal
    await writeVolume(join(root, `data/case_${index}.nii.gz`), volume, { kind: 'image' });
  }
  await writeFile(join(root, 'run.yaml'), configOf('data'));
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const configOf = (data: string) => `
backend: cpu
data:
  path: ${join(root, data)}
  preprocessing: { spacing: [0.8, 0.8, 0.8], intensity: { kind: zScore, mask: all } }
  split: { validation: 1, test: 0 }
  workers: 2
crop: [${crop.join(', ')}]
encoder: { name: vit, patchSize: [8, 8, 8], embedDim: 12, depth: 1, numHeads: 2 }
objective: { name: mae, decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 }
steps: 500
batchSize: 2
`;

/** Runs a command on a cache; with `killed`, ends it by force as soon as that many entries are there. */
async function run(command: string, config: string, cache: string, killed?: number) {
  const set = ['--set', `data.cache.dir=${join(root, cache)}`];
  const out = command === 'pretrain' ? ['--out', join(root, `${cache}-run`)] : [];
  const child = spawn(process.execPath, [
    VOXMIM,
    command,
    join(root, config),
    ...set,
    ...out,
    '--json',
  ]);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | null>((fulfil) => child.on('close', fulfil));
  let code: number | null | undefined;
  void ended.then((found) => (code = found));
  while (killed !== undefined && code === undefined) {
    if ((await entries(cache)).length >= killed) child.kill('SIGKILL');
    await new Promise((fulfil) => setTimeout(fulfil, 5));
  }
  return { code: await ended, result: text.startsWith('{') ? (JSON.parse(text) as object) : {} };
}

async function entries(cache: string): Promise<string[]> {
  const names = await readdir(join(root, cache, 'v1'), { recursive: true }).catch(() => []);
  return names.filter((name) => /[\\/]/.test(name) && !name.endsWith('.part'));
}

it('fills the cache, finds it full the next time, and counts', async () => {
  const first = await run('preprocess', 'run.yaml', 'cache');
  expect(first).toMatchObject({ code: 0, result: { ok: true, cases: CASES, prepared: CASES, present: 0 } }); // prettier-ignore
  const again = await run('preprocess', 'run.yaml', 'cache');
  expect(again).toMatchObject({ code: 0, result: { prepared: 0, present: CASES, complete: true } });
  expect(await entries('cache')).toHaveLength(CASES);
});

it('exits with 1 and names what cannot be read, having prepared the rest', async () => {
  for (const index of [0, 1, 2]) {
    await writeVolume(
      join(root, `some/case_${index}.nii.gz`),
      { data: new Float32Array(64).fill(index), shape: [4, 4, 4], channels: 1, affine: affineOf([1, 1, 1]) }, // prettier-ignore
      { kind: 'image' },
    );
  }
  await copyFile(join(root, 'data/case_1.nii.gz'), join(root, 'some/case_1.nii.gz'));
  await truncate(join(root, 'some/case_1.nii.gz'), 900);
  await writeFile(join(root, 'some.yaml'), configOf('some'));
  const { code, result } = await run('preprocess', 'some.yaml', 'some-cache');
  expect(code).toBe(1);
  expect(result).toMatchObject({
    failed: expect.arrayContaining([
      { id: 'case_1', message: expect.stringContaining('case_1.nii.gz') },
    ]),
  });
});

it.each(['preprocess', 'pretrain'])(
  'killed in the middle of %s, leaves a cache that is sound and that the next goes on with',
  async (command) => {
    const cache = `killed-${command}`;
    const { code } = await run(command, 'run.yaml', cache, 2);
    expect(code).toBe(null); // by the signal
    const left = (await entries(cache)).length;
    expect(left).toBeLessThan(CASES);

    const { result } = await run('preprocess', 'run.yaml', cache);
    expect(result).toMatchObject({ present: left, prepared: CASES - left, failed: [] });
    const store = new CaseStore(await openDataset(join(root, 'data')), {
      recipe: recipeOf(),
      cache: { dir: join(root, cache), maxGiB: 1 },
      memoryMiB: 64,
    });
    for (const id of ['case_0', 'case_5', 'case_9']) {
      expect(await store.ensureCached(id)).toBe(true);
      const cached = Buffer.from((await store.volumes(id)).image.data.buffer);
      expect(cached.equals(Buffer.from((await store.prepare(id)).image.data.buffer))).toBe(true);
    }
  },
);

/** What the config above says. */
function recipeOf() {
  const intensity = { kind: 'zScore', mask: 'all' };
  const preprocessing = PreprocessingConfig.parse({ spacing: [0.8, 0.8, 0.8], intensity });
  const dicom = { unevenSlices: 'refuse', duplicateSlices: 'refuse', gantryTilt: 'shear' } as const;
  return { preprocessing, dicom, inChannels: 1, leastShape: crop };
}
