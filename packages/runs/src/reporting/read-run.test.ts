import { affineOf } from '@voxmim/core';
import { writeVolume } from '@voxmim/formats/node';
import type { ClassMetrics } from '@voxmim/evaluation';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readRun } from './read-run.js';
import { emptyReport, curvesOf, mergeCurves, formatDuration } from '@voxmim/report';
import { writeReport } from './write-report.js';

const record = {
  task: 'pretrain',
  status: 'interrupted',
  seed: 7,
  startedAt: '2026-01-02T03:04:05.000Z',
  seconds: 75,
  steps: 2,
  backend: { name: 'cpu', version: '4.22.0', device: 'processor' },
  versions: { node: '20.0.0' },
  machine: { platform: 'linux x64', processor: 'some', cores: 2, memoryGiB: 8 },
  notes: ['case_1: padded'],
};
const metrics = [
  { event: 'step', step: 1, loss: 2, learningRate: 0.1 },
  { event: 'step', step: 2, loss: 1, learningRate: 0.05 },
  { event: 'evaluation', step: 2, score: 0.5, metrics: { Dice: 0.5 } },
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxmim-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeRun(): Promise<void> {
  await writeFile(join(folder, 'config.yaml'), 'seed: 7\n');
  await writeFile(join(folder, 'run.json'), JSON.stringify(record));
  const lines = metrics.map((line) => JSON.stringify(line));
  await writeFile(join(folder, 'metrics.jsonl'), [...lines, '{"event":"st'].join('\n'));
}

describe('readRun', () => {
  it('tells of an interrupted run what is on file', async () => {
    await writeRun();

    const content = await readRun(folder);

    expect(content.warnings).toEqual([
      'The run is interrupted: what follows is not final.',
      'case_1: padded',
    ]);
    expect(content.curves.map(({ title }) => title)).toEqual([
      'Training loss',
      'Validation: Dice',
      'Learning rate',
    ]);
    expect(content.curves[0]?.series[0]?.points).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(content.facts).toContainEqual({ label: 'Time', value: '1 min 15 s' });
    expect(content.configs[0]?.text).toBe('seed: 7\n');
  });

  it('draws metrics of one kind together and says in words what they are', () => {
    const metrics = { loss: 3, 'top1/model': 0.5, 'top1/chance': 0.1, 'linearProbe/encoder': 0.2 };
    const curves = curvesOf([{ event: 'evaluation', step: 2, score: -3, metrics }]);
    expect(curves.map(({ title }) => title)).toEqual([
      'Validation: loss',
      'Validation: partners found',
      'Validation: linear probe',
    ]);
    expect(curves[1]?.series).toEqual([
      { name: 'model', points: [[2, 0.5]] },
      { name: 'chance', points: [[2, 0.1]], dashed: true },
    ]);
    const [, named] = curvesOf([{ event: 'evaluation', step: 2, score: -3, metrics }], 'SimCLR');
    expect(named?.series.map(({ name }) => name)).toEqual(['SimCLR, model', 'SimCLR, chance']);
  });

  it('reads back the report that was written', async () => {
    const content = { ...emptyReport, title: 'Kept', warnings: ['a < b'] };

    const page = await writeReport(folder, content);

    expect(await readRun(folder)).toEqual(content);
    expect(await readFile(page, 'utf8')).toContain('<h1>Kept</h1>');
  });

  it('says that a folder holds no run', async () => {
    await expect(readRun(folder)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('names a damaged file', async () => {
    await writeRun();
    await writeFile(join(folder, 'run.json'), '{');

    await expect(readRun(folder)).rejects.toMatchObject({
      code: 'INVALID_FILE',
      details: { path: join(folder, 'run.json') },
    });
  });
});

describe('readRun of a finished fine-tuning', () => {
  const grid = { shape: [4, 4, 4] as const, channels: 1, affine: affineOf([1, 1, 1]) };
  const labels = { ...grid, data: Uint8Array.from({ length: 64 }, (_, at) => Number(at > 31)) };
  const score = { mean: 0.75, low: 0.5, high: 0.9, cases: 2, undefinedCases: 0, infiniteCases: 1 };
  const metrics = {
    dice: score,
    iou: score,
    nsd: score,
    hd: score,
    assd: score,
    hd95: { ...score, mean: null },
  };

  const classMetrics = (name: string, { dice, truthVoxels = 32 }: Partial<ClassMetrics>) => ({
    ...{ name, truthVoxels, dice, predictedVoxels: 32, iou: 0.5, nsd: 0.5, volumeDifferenceMl: 0 },
    ...{ hd: null, hd95: null, assd: null, relativeVolumeDifference: null },
  });
  /** Not in the truth: its undefined Dice counts 0 under the nnunet policy. */
  const invented = classMetrics('spleen', { dice: NaN, truthVoxels: 0 });

  async function writeEvaluated(data: string): Promise<void> {
    for (const part of ['data/imagesTr', 'data/labelsTr', 'predictions']) {
      await mkdir(join(folder, part), { recursive: true });
    }
    const image = { ...grid, data: Int16Array.from({ length: 64 }, (_, at) => at) };
    for (const id of ['a', 'b']) {
      await writeVolume(join(folder, `data/imagesTr/${id}.nii.gz`), image, { kind: 'image' });
      await writeVolume(join(folder, `data/labelsTr/${id}.nii.gz`), labels, { kind: 'labels' });
      await writeVolume(join(folder, `predictions/${id}.nii.gz`), labels, { kind: 'labels' });
    }
    await writeFile(join(folder, 'config.yaml'), `task: finetune\ndata: { path: ${data} }\n`);
    await writeFile(join(folder, 'run.json'), JSON.stringify({ ...record, status: 'completed' }));
    const evaluation = {
      classes: ['background', 'liver'],
      summary: { policy: 'nnunet', cases: 2, classes: [{ name: 'liver', metrics }], mean: metrics },
      cases: [
        { id: 'a', classes: [classMetrics('liver', { dice: 0.6 }), invented] },
        { id: 'b', classes: [classMetrics('liver', { dice: 0.9 })] },
      ],
    };
    await writeFile(join(folder, 'evaluation.json'), JSON.stringify(evaluation));
  }

  it('shows scores with intervals and the best and worst case', async () => {
    await writeEvaluated(join(folder, 'data'));

    const content = await readRun(folder);

    expect(content.conclusion).toContain('0.750 (95 % interval 0.500 to 0.900) on 2 test cases');
    expect(
      content.tables[0]?.rows.map(({ name, cells }) => [name, cells[0]?.mean, cells[2]]),
    ).toEqual([
      ['liver', 0.75, null],
      ['Mean', 0.75, null],
    ]);
    expect(content.tables[0]?.note).toContain('liver (model) in 1');
    expect(content.segmentations.map(({ name }) => name)).toEqual([
      'Best case: b',
      'Worst case: a',
    ]);
    expect(content.segmentations[1]?.facts.map(({ value }) => value)).toEqual(['0.300']);
    expect(content.segmentations[0]?.columns.map(({ title }) => title)).toEqual([
      'Image',
      'Truth',
      'Prediction',
    ]);
  });

  it('warns, and still reports, when the data set is gone', async () => {
    await writeEvaluated(join(folder, 'elsewhere'));

    const content = await readRun(folder);

    expect(content.tables).toHaveLength(1);
    expect(content.warnings.join()).toMatch(/No pictures of segmentations: .*NOT_FOUND/);
  });

  it('draws the reconstructions that pretraining saved', async () => {
    await writeRun();
    await mkdir(join(folder, 'reconstructions'));
    const at = (what: string) => join(folder, `reconstructions/0-case_7-${what}.nii.gz`);
    const image = { ...grid, data: Float32Array.from({ length: 64 }, (_, index) => index) };
    await writeVolume(at('input'), image, { kind: 'image' });
    await writeVolume(at('prediction'), image, { kind: 'image' });
    const hidden = {
      ...grid,
      shape: [2, 2, 2] as const,
      data: Uint8Array.of(1, 1, 1, 0, 1, 0, 1, 1),
    };
    await writeVolume(at('hidden'), hidden, { kind: 'labels' });

    const [example] = (await readRun(folder)).reconstructions;

    expect(example?.name).toBe('case_7');
    expect(example?.facts).toContainEqual({ label: 'Hidden', value: '75 %' });
    expect(example?.facts).toContainEqual({ label: 'Mean absolute error', value: '0.000' });

    const map = { ...hidden, data: new Float32Array(8).fill(2) };
    await writeVolume(at('target'), map, { kind: 'image' });
    await writeVolume(at('prediction'), { ...map, data: new Float32Array(8) }, { kind: 'image' });
    const [other] = (await readRun(folder)).reconstructions;
    expect(other?.columns.map(({ title }) => title)).toContain('Target');
    expect(other?.facts).toContainEqual({ label: 'Mean absolute error', value: '2.000' });
  });
});

describe('mergeCurves', () => {
  it('draws curves of one title into one chart, each under its run', () => {
    const charts = ['scratch', 'MAE'].flatMap((name) => curvesOf(metrics, name));

    const [loss] = mergeCurves(charts);

    expect(loss?.series.map(({ name }) => name)).toEqual(['scratch', 'MAE']);
  });
});

describe('formatDuration', () => {
  it.each([
    [1.26, '1.3 s'],
    [59.7, '1 min 0 s'],
    [3725, '1 h 2 min'],
  ])('says %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
