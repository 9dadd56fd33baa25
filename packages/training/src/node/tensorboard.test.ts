import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { encodeEventRecord, type LogEvent } from './event-record.js';
import { TensorBoardLog } from './index.js';

const start = { step: 0, wallTimeSeconds: 0 };

/** The bytes of an event at time 0 and step 0, without the frame. */
function bytesOf(event: LogEvent): number[] {
  // 12 bytes of length and checksum, 9 of the time, 2 of the step, and the checksum at the end.
  return [...encodeEventRecord(event).subarray(23, -4)];
}
const ascii = (text: string) => [...Buffer.from(text)];

/** The field numbers are those of TensorFlow's and TensorBoard's proto files; TensorBoard 2.21 reads them. */
describe('TensorBoard events', () => {
  it('hold a picture as Summary.Image', () => {
    const pictures = { a: { png: Uint8Array.of(1, 2), width: 5, height: 4 } };

    const image = [8, 4, 16, 5, 24, 3, 34, 2, 1, 2];
    const value = [10, 1, 97, 34, image.length, ...image];
    expect(bytesOf({ ...start, kind: 'pictures', pictures })).toEqual([
      ...[42, value.length + 2, 10, value.length],
      ...value,
    ]);
  });

  it('hold text as a tensor of one string, for the text plugin', () => {
    const metadata = [10, 8, 10, 4, ...ascii('text'), 18, 0];
    const tensor = [8, 7, 18, 4, 18, 2, 8, 1, 66, 2, ...ascii('hi')];
    const value = [
      ...[10, 1, 99, 74, metadata.length, ...metadata],
      ...[66, tensor.length, ...tensor],
    ];
    expect(bytesOf({ ...start, kind: 'text', tag: 'c', text: 'hi' })).toEqual([
      ...[42, value.length + 2, 10, value.length],
      ...value,
    ]);
  });

  it('hold hyperparameters as the start of a session of the hparams plugin', () => {
    const bytes = Buffer.from(
      bytesOf({ ...start, kind: 'hyperparameters', values: { lr: 1, name: 'vit', flip: true } }),
    );

    expect(bytes.includes('_hparams_/session_start_info')).toBe(true);
    // A map entry: key (1), then a Value (2) with a number (2), a string (3) or a truth (4).
    const entry = (key: string, value: number[]) =>
      Buffer.from([10, key.length, ...ascii(key), 18, value.length, ...value]);
    expect(bytes.includes(entry('lr', [17, 0, 0, 0, 0, 0, 0, 240, 63]))).toBe(true);
    expect(bytes.includes(entry('name', [26, 3, ...ascii('vit')]))).toBe(true);
    expect(bytes.includes(entry('flip', [32, 1]))).toBe(true);
  });
});

describe('TensorBoardLog', () => {
  it('tells hyperparameters and the config of a run, and takes pictures', async () => {
    const root = await mkdtemp(join(tmpdir(), 'voxmim-tensorboard-'));
    try {
      const log = new TensorBoardLog(root, {
        hyperparameters: { steps: 3 },
        config: 'a: 1\nb: 2\n',
      });
      await log.onStart({ step: 0 });
      const picture = { png: Uint8Array.of(1), width: 1, height: 1 };
      await log.addPictures(3, { 'reconstructions/a': picture });
      await log.close();

      const [name = ''] = await readdir(root);
      const file = await readFile(join(root, name));
      expect(file.includes('_hparams_/session_start_info')).toBe(true);
      expect(file.includes('    a: 1\n    b: 2')).toBe(true);
      expect(file.includes('reconstructions/a')).toBe(true);
    } finally {
      await rm(root, { recursive: true });
    }
  });
});
