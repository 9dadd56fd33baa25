import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { isVoxmimError } from '@voxmim/core';

import { decodeCodestream } from './decode-codestream.js';

/** Made by tools/fixtures/jpeg-extended.py with libjpeg-turbo 3. */
const golden: { rows: number; columns: number; frame: string; values: number[] } = JSON.parse(
  readFileSync(join(__dirname, '../../fixtures/jpeg-extended.json'), 'utf8'),
);
const whole = Uint8Array.from(Buffer.from(golden.frame, 'base64'));

async function decode(frame: Uint8Array): Promise<Uint16Array> {
  const { bytes, bytesPerSample } = await decodeCodestream(frame, 'jpeg', golden, 'a.dcm');
  expect(bytesPerSample).toBe(2);
  return new Uint16Array(bytes.buffer);
}

describe('lossy JPEG of 12 bits', () => {
  it('is decoded as libjpeg-turbo 3 does', async () => {
    const off = (await decode(whole)).map((value, index) => Math.abs(value - golden.values[index]));
    expect(off).toHaveLength(golden.rows * golden.columns);
    expect(Math.max(...off)).toBeLessThanOrEqual(1); // inverse transforms may round otherwise
  });

  it('is decoded while other frames fail, with an error that names the file', async () => {
    const notJpeg = whole.slice().fill(0, 2, 6);
    const noTables = whole.slice().fill(0xff, 180, 260);
    const outcomes = await Promise.all(
      [whole, notJpeg, whole, noTables, whole].map((frame) =>
        decode(frame).catch((error: unknown) => error),
      ),
    );
    for (const outcome of outcomes.filter((_, index) => index % 2 === 1)) {
      expect(isVoxmimError(outcome, 'INVALID_FILE')).toBe(true);
      expect(String(outcome)).toContain('a.dcm');
    }
    for (const outcome of outcomes.filter((_, index) => index % 2 === 0)) {
      expect(outcome).toBeInstanceOf(Uint16Array);
    }
  });
});
