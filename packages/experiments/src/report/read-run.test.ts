import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { curvesOf, formatDuration, mergeCurves, readRun } from './read-run.js';
import { emptyReport } from './report-content.js';
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
