import { volumeOf } from '@voxmim/core';
import { Fingerprint } from '@voxmim/datasets';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { main } from './run-cli.js';
import type { Terminal } from './terminal.js';

/** A small run: 16³ crops, two tokens per axis. */
const config = (data: string, more = '') => `
backend: cpu
data: { path: ${data}, preprocessing: { spacing: [20, 20, 20] }, split: { validation: 1, test: 1 } }
crop: [16, 16, 16]
encoder: { name: vit, patchSize: [8, 8, 8], embedDim: 12, depth: 1, numHeads: 2 }
steps: 2
batchSize: 1
${more}`;
const masked = 'objective: { name: mae, decoderEmbedDim: 12, decoderDepth: 1, decoderNumHeads: 2 }';
const segmented = 'head: { name: light }\ninference: { overlap: 0 }';

let root: string;

async function run(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    interactive: false,
    colors: false,
  };
  const code = await main(argv, terminal);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function configFile(name: string, text: string): Promise<string> {
  const path = join(root, name);
  await writeFile(path, text);
  return path;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-cli-'));
  await run('phantom', join(root, 'data'), '--count', '4', '--seed', '3');
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

describe('wrong use', () => {
  it('guesses a command and exits with 2', async () => {
    const { code, err } = await run('pretran', 'run.yaml');
    expect(code).toBe(2);
    expect(err).toContain('pretrain');
  });

  it('names an unknown field with the nearest and exits with 2, without a stack', async () => {
    const path = await configFile('typo.yaml', `${config('x', masked)}\nbatchsize: 2`);
    const { code, err } = await run('pretrain', path);
    expect(code).toBe(2);
    expect(err).toContain('did you mean "batchSize"?');
    expect(err).not.toContain('    at ');
  });

  it('prints a failure as one object with --json', async () => {
    const { code, out } = await run('pretrain', join(root, 'nowhere.yaml'), '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  it('refuses a crop that the token does not divide before data are looked for', async () => {
    const path = await configFile('crop.yaml', config('/nowhere', masked));
    const { code, err } = await run('pretrain', path, '--set', 'crop=[20, 16, 16]');
    expect(code).toBe(2);
    expect(err).toContain('crop: [20, 16, 16] is not divisible by encoder.patchSize');
  });
});

describe('what computes', () => {
  it('is chosen on the command line, said at the start and recorded', async () => {
    const path = await configFile('engine.yaml', config(join(root, 'data'), masked));
    const out = join(root, 'engine');
    const engine = ['--backend', 'onnx', '--device', 'cpu', '--threads', '1'];
    const { code, err } = await run('pretrain', path, '--out', out, ...engine);

    expect(code).toBe(0);
    expect(err).toMatch(/Backend onnx .* on cpu: 1 thread of /);
    const record: unknown = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
    expect(record).toHaveProperty('backend.device', expect.stringMatching(/^cpu: 1 thread of /));
  });

  it('is refused with the known devices, or with the backends for one', async () => {
    const path = await configFile('engine.yaml', config(join(root, 'data'), masked));
    const unknown = await run('pretrain', path, '--device', 'cudda');
    const unfit = await run(
      'predict',
      join(root, 'few'),
      root,
      '--device',
      'cuda',
      '--backend',
      'cpu',
    );
    const none = await run('backends', '--quick', '--threads', 'many');

    expect([unknown.code, unfit.code, none.code]).toEqual([2, 2, 2]);
    expect(unknown.err).toContain('"cuda"|"webgpu"');
    expect(unknown.err).toContain('did you mean "cuda"?');
    expect(unfit.err).toContain('tfjs-node-gpu or onnx.');
    expect(none.err).toContain('threads');
  });
});

describe('a run', () => {
  it('is planned by --dry-run without a trace', async () => {
    const path = await configFile('pretrain.yaml', config(join(root, 'data'), masked));
    const before = await readdir(root);
    const out = join(root, 'dry');
    const { code, out: text } = await run('pretrain', path, '--out', out, '--dry-run');
    expect(code).toBe(0);
    expect(text).toContain('8, of which the encoder sees 2');
    expect(await readdir(root)).toEqual(before);
  });

  it.each([
    ['pretrain', masked],
    ['finetune', segmented],
  ])(
    'says by --measure how long a %s takes, and leaves nothing',
    async (task, more) => {
      const path = await configFile(`${task}.yaml`, config(join(root, 'data'), more));
      const before = await readdir(root);
      const out = ['--out', join(root, 'measured')];
      const { code, out: text } = await run(task, path, ...out, '--measure', '--set', 'steps=40', '--json'); // prettier-ignore
      const { measured } = JSON.parse(text) as { measured: Record<string, number> };

      expect(code).toBe(0);
      expect(measured).toMatchObject({ measuredSteps: 4 });
      // 40 steps, and the one validation after them.
      const total = 40 * measured['secondsPerStep']! + measured['secondsPerValidation']!;
      if (task === 'pretrain') expect(measured['secondsTotal']).toBeCloseTo(total);
      else expect(measured['secondsTotal']).toBeGreaterThan(total); // and a test case
      expect(measured['peakBytes']).toBeGreaterThan(2 ** 20);
      expect(await readdir(root)).toEqual(before);
    },
    240_000,
  );

  it('plans a fine-tuning only where its pretrained encoder is there and fits', async () => {
    const path = await configFile('finetune.yaml', config(join(root, 'data'), segmented));
    const missing = `from.checkpoint=${join(root, 'nowhere')}`;
    const { code, err } = await run('finetune', path, '--set', missing, '--dry-run');
    expect(code).toBe(1);
    expect(err).toContain('nowhere');
  });

  it('goes from pretraining over fine-tuning and prediction to a table and a report', async () => {
    const data = join(root, 'data');
    const pretraining = await configFile('pretrain.yaml', config(data, masked));
    const finetuning = await configFile('finetune.yaml', config(data, segmented));
    const [mae, few, found] = [join(root, 'mae'), join(root, 'few'), join(root, 'found')];

    const first = await run('pretrain', pretraining, '--out', mae, '--json');
    const from = `from.checkpoint=${mae}`;
    const second = await run('finetune', finetuning, '--set', from, '--out', few, '--json');
    const third = await run('predict', few, data, '--out', found, '--backend', 'cpu', '--json');
    const wrongKind = await run('predict', mae, data, '--out', found, '--backend', 'cpu');
    const fourth = await run('evaluate', found, data, '--json');
    const fifth = await run('report', few, '--json');

    expect([first, second, third, fourth, fifth].map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(JSON.parse(first.out)).toMatchObject({ ok: true, command: 'pretrain', steps: 2 });
    expect(second.err).toContain('coverage 100.0 %');
    expect(JSON.parse(third.out)).toHaveProperty('files.length', 4);
    expect(third.err).toMatch(/segmenting phantom_000: \d+\/\d+ windows/);
    expect(third.err).not.toMatch(/, $/m);
    expect(await readdir(found)).toContain('phantom_000.labels.txt');
    expect(wrongKind).toMatchObject({ code: 2 });
    expect(wrongKind.err).toContain('is of a pretraining');
    expect(JSON.parse(fourth.out)).toHaveProperty('cases.length', 4);
    expect(await readdir(few)).toContain('report.html');
  }, 240_000);

  it('is not overwritten without --force, and goes on with --resume', async () => {
    const path = await configFile('pretrain.yaml', config(join(root, 'data'), masked));
    const out = join(root, 'again');
    await run('pretrain', path, '--out', out);

    const refused = await run('pretrain', path, '--out', out);
    const more = await run(
      'pretrain',
      path,
      '--out',
      out,
      '--resume',
      '--set',
      'steps=3',
      '--json',
    );
    const other = await run('pretrain', path, '--out', out, '--resume', '--set', 'seed=7');

    expect(refused).toMatchObject({ code: 2 });
    expect(refused.err).toContain('[RUN_EXISTS]');
    expect(more.err).toContain('Going on from');
    expect(JSON.parse(more.out)).toMatchObject({ ok: true, steps: 3 });
    expect(other.err).toContain('seed was 42');
  }, 120_000);
});

it.each(['pretrain', 'finetune', 'study'])(
  'prints a JSON Schema of %s with every component',
  async (task) => {
    const { code, out } = await run('schema', task);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ type: 'object' });
    expect(out).toContain(task === 'pretrain' ? 'decoderEmbedDim' : 'featureSize');
  },
);

describe('a study', () => {
  const study = () => {
    const [pretraining, finetuning] = [config(join(root, 'data'), masked), segmented];
    const indented = (text: string) => text.trim().replaceAll('\n', '\n  ');
    return `pretrain:\n  ${indented(pretraining)}\nfinetune:\n  steps: 2\n  ${indented(finetuning)}\nlabels: [1, 2]\nseeds: [0, 1]\n`;
  };

  it('is planned by --dry-run without a trace', async () => {
    const path = await configFile('study.yaml', study());
    const before = await readdir(root);
    const { code, out } = await run('study', path, '--out', join(root, 'study'), '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('in all 9 runs, 18 steps');
    expect(await readdir(root)).toEqual(before);
  });
});

it('draws every mask strategy over a volume', async () => {
  const volume = join(root, 'data', 'imagesTr', 'phantom_000.nii.gz');
  const picture = join(root, 'masks.png');
  const { code, out } = await run('masks', volume, '--out', picture, '--ratio', '0.6', '--json');
  expect(code).toBe(0);
  const { gridShape, masks } = JSON.parse(out) as {
    gridShape: number[];
    masks: { name: string; hidden: number; tokens: number }[];
  };
  const tokens = gridShape.reduce((product, extent) => product * extent, 1);
  expect(masks.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['random', 'grouped', 'block', 'grid', 'slab', 'foreground']),
  );
  expect(masks.find(({ name }) => name === 'block')?.hidden).toBe(Math.round(0.6 * tokens));
  expect((await readFile(picture)).subarray(1, 4).toString()).toBe('PNG');
  expect((await run('masks', volume, '--patch', '16,16')).code).toBe(2);
});

it('says what is in a folder', async () => {
  const { code, out } = await run('inspect', join(root, 'data'), '--limit', '1', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ cases: 4, labeled: 4 });
});

it('finds the files of a data set as options say, and refuses options of two layouts', async () => {
  const patterns = ['--images', 'imagesTr/{case}.nii.gz', '--labels', 'labelsTr/{case}.nii.gz'];
  const { code, out } = await run('inspect', join(root, 'data'), ...patterns, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ cases: 4, labeled: 4, layout: 'pattern' });
  const both = await run('inspect', join(root, 'data'), ...patterns, '--suffix', 'T1w');
  expect([both.code, both.err]).toEqual([2, expect.stringContaining('suffixes')]);
});

it('writes the fingerprint of a data set', async () => {
  const file = join(root, 'fingerprint.json');
  const { code, out } = await run('inspect', join(root, 'data'), '--fingerprint', file);
  expect(code).toBe(0);
  expect(out).toContain(`Fingerprint: ${file}`);
  const { cases, classes, proposal } = Fingerprint.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(cases).toHaveLength(4);
  expect(classes.every(({ cases: found }) => found > 0)).toBe(true);
  expect(volumeOf(proposal.crop)).toBeLessThanOrEqual(1.3 * 96 ** 3);
});
