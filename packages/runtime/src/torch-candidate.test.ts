import { tmpdir } from 'node:os';

import { isVoxmimError } from '@voxmim/core';

import { NotInstalled } from './candidate.js';
import { startBackend } from './index.js';
import { torchCandidate } from './torch-candidate.js';

const named = process.env['VOXMIM_TORCH'];
afterEach(() => {
  if (named === undefined) delete process.env['VOXMIM_TORCH'];
  else process.env['VOXMIM_TORCH'] = named;
});

/** Skipped, and reported so, where nobody names a Python that has PyTorch. */
const torch = named ?? process.env['VOXMIM_TEST_TORCH'];
const itWithTorch = torch === undefined ? it.skip : it;

describe('torchCandidate', () => {
  it('is no choice on the processor unless somebody named it', async () => {
    delete process.env['VOXMIM_TORCH'];
    await expect(torchCandidate('cpu').load({})).rejects.toThrow(NotInstalled);
  });

  it('is missing, with the reason, where what was named has no PyTorch', async () => {
    process.env['VOXMIM_TORCH'] = tmpdir();
    const error: unknown = await startBackend({ prefer: 'torch', environment: {} }).catch(
      (thrown: unknown) => thrown,
    );
    expect(isVoxmimError(error, 'BACKEND_UNAVAILABLE') && error.details.reason).toContain(
      'is no Python that runs',
    );
    expect(String(error)).toContain('pip install torch');
  });

  it('refuses a precision that nobody knows', async () => {
    const error: unknown = await startBackend({ prefer: 'cpu', precision: 'fp8' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(isVoxmimError(error, 'UNKNOWN_COMPONENT') && error.details.known).toContain('bf16');
  });

  itWithTorch('starts when asked for, passes its self-check and says what it is', async () => {
    process.env['VOXMIM_TORCH'] = torch;
    const started = await startBackend({ prefer: 'torch', device: 'cpu', threads: 1 });
    expect(started).toMatchObject({ name: 'torch', defects: [] });
    expect(started.version).toMatch(/^PyTorch \d+\.\d+/);
    expect(started.device).toMatch(/^1 thread of /);
  });
});
