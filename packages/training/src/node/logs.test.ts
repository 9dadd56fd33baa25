import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';

import type { StepRecord } from '../index.js';
import { crc32c, maskedCrc32c } from './crc32c.js';
import { encodeEventRecord } from './event-record.js';
import { JsonlLog, readJsonlLog, TensorBoardLog } from './index.js';

const record = (step: number): StepRecord => ({
  step,
  steps: 9,
  loss: step / 2,
  gradientNorm: 1,
  learningRate: 0.1,
  samples: 4,
  durationMs: 20,
});

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'voxmim-logs-'));
});
afterEach(() => rm(root, { recursive: true }));

describe('JsonlLog', () => {
  it('holds every step once after a resume, also where a line was cut', async () => {
    const path = join(root, 'run', 'metrics.jsonl');
    const first = new JsonlLog(path);
    await first.onStart({ step: 0 });
    for (const step of [1, 2, 3]) await first.onStep(record(step));
    await first.close();
    await writeFile(path, '{"event":"step","st', { flag: 'a' });

    const second = new JsonlLog(path);
    await second.onStart({ step: 2 });
    await second.onStep({ ...record(3), loss: 9 });
    await second.close();

    const lines = await readJsonlLog(path);
    expect(lines.map(({ step, loss }) => [step, loss])).toEqual([
      [1, 0.5],
      [2, 1],
      [3, 9],
    ]);
    expect((await readFile(path, 'utf8')).endsWith('\n')).toBe(true);
  });

  it('starts anew when a run does', async () => {
    const path = join(root, 'metrics.jsonl');
    await writeFile(path, '{"event":"step","step":1}\n{"event":"end","step":1}\n');

    const log = new JsonlLog(path);
    await log.onStart({ step: 0 });
    await log.close();

    expect(await readJsonlLog(path)).toEqual([]);
  });

  it('fails with the path where it cannot write', async () => {
    await writeFile(join(root, 'file'), '');
    const path = join(root, 'file', 'metrics.jsonl');

    const error: unknown = await new JsonlLog(path)
      .onStart({ step: 0 })
      .catch((thrown: unknown) => thrown);

    expect(isVoxmimError(error, 'WRITE_FAILED') && error.details.path).toBe(path);
  });
});

describe('crc32c', () => {
  it('gives the check value of the standard', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });

  it('masked, is what every event file of TensorBoard begins with', () => {
    const length = Uint8Array.of(24, 0, 0, 0, 0, 0, 0, 0);

    expect(maskedCrc32c(length)).toBe(0x224b7fa3);
  });
});

describe('TensorBoard events', () => {
  it('have the bytes of the format', () => {
    const values = { a: 1 };
    const bytes = encodeEventRecord({ kind: 'scalars', wallTimeSeconds: 0, step: 300, values });

    const event = [
      9, 0, 0, 0, 0, 0, 0, 0, 0, 16, 0xac, 2, 42, 10, 10, 8, 10, 1, 97, 21, 0, 0, 128, 63,
    ];
    expect([...bytes.subarray(0, 8)]).toEqual([event.length, 0, 0, 0, 0, 0, 0, 0]);
    expect([...bytes.subarray(12, -4)]).toEqual(event);
    expect(new DataView(bytes.buffer).getUint32(12 + event.length, true)).toBe(
      maskedCrc32c(Uint8Array.from(event)),
    );
  });

  it('go to a file per sitting, which a resumed one opens by a restart', async () => {
    for (const step of [0, 3]) {
      const log = new TensorBoardLog(root);
      await log.onStart({ step });
      await log.onStep(record(step + 1));
      await log.close();
    }

    const files = (await readdir(root)).sort();
    const [first, second] = await Promise.all(files.map((name) => readFile(join(root, name))));

    expect(files).toHaveLength(2);
    expect(files[0]).toMatch(/^events\.out\.tfevents\.\d{10}\./);
    expect(first!.includes('brain.Event:2')).toBe(true);
    expect(first!.includes('train/loss')).toBe(true);
    // Field 7, a session log of two bytes: status (field 1) is START (1).
    expect(first!.includes(Buffer.from([58, 2, 8, 1]))).toBe(false);
    expect(second!.includes(Buffer.from([58, 2, 8, 1]))).toBe(true);
  });
});
